"""The one database on this computer: the user's anchors and settings. It holds octets and knows no certificates."""
