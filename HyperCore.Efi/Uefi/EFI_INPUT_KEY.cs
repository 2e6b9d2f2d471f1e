using System.Runtime.InteropServices;

namespace HyperCore.Efi.Uefi;

/// <summary>EFI_INPUT_KEY, UEFI 2.10, 12.3.3.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct EFI_INPUT_KEY
{
    /// <summary>EFI scan code of a key without a character.</summary>
    public ushort ScanCode;

    /// <summary>Character of the key.</summary>
    public char UnicodeChar;
}
