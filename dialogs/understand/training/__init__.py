"""How the ranking of needs is learnt and checked. Nothing here runs in the assistant; it alone needs scipy."""
