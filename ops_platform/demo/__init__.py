"""The demo day: a fictitious bank, its people, customers and vouchers, and a simulator of its days.

Part of the assembly: it calls every centre's services and nothing calls it but two commands.
"""
