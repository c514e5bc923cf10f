"""The only part of Padlock's diagnosis that touches the network."""
