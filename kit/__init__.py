"""Small parts that every room uses and that know nothing of the city: errors, context, paging, positions."""
