; The section for the public key that signed files are checked with; HyperCore.Core/Trust/TrustAnchor.cs has its layout, and `hypercore image sign`
; fills it in. Empty here: an image that was only built takes any file.

section .trust rdata align=16

    db      "HCTRUST1"
    dd      0                       ; bytes of the modulus: no key
    dd      0
    times 512 db 0
