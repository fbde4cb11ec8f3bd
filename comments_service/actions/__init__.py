"""What people can do, a verb each. Every rule that page, API and mail share stands here."""
