"""What networks and phones say of where a caller is: AML messages and PIDF-LO, read strictly, without keeping who called from what."""
