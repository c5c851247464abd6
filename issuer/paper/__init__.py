"""Paper: a credential as a PDF with its QR code in print and its SD-JWT attached.

Start at `document` (what is printed); `qr` makes the code, `templates` hold the layout.
"""
