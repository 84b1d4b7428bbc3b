"""The tablet in the field: what a crew or a liaison has to do, near them, and with no link. It joins the rooms below and owns no table."""
