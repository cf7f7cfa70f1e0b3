TICKET = "KEY-12"
QUARANTINED = f"quarantined under {TICKET}"
