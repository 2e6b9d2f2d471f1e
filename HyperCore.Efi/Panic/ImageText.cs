using HyperCore.Efi.Cpu;

namespace HyperCore.Efi.Panic;

/// <summary>Where the code of the running image is, as its own PE headers say.</summary>
internal static unsafe class ImageText
{
    private const ushort DosMagic = 0x5A4D;
    private const uint PeSignature = 0x4550;
    private const int DosHeaderPeOffset = 0x3C;
    private const int PeSectionCount = 6;
    private const int PeOptionalHeaderLength = 20;
    private const int PeHeaderLength = 24;
    private const int PeImageSize = PeHeaderLength + 56;
    private const int SectionHeaderLength = 40;
    private const int SectionVirtualSize = 8;
    private const int SectionVirtualAddress = 12;
    private const int SectionCharacteristics = 36;
    private const uint SectionExecutable = 0x2000_0000;
    private const uint MaxHeaderOffset = 0x400;

    /// <summary>Bytes of the image in memory.</summary>
    public static uint ImageSize
    {
        get
        {
            byte* pe = FindPeHeader();
            return pe == null ? 0 : *(uint*)(pe + PeImageSize);
        }
    }

    /// <summary>The address lies in the code.</summary>
    public static bool Contains(ulong address)
    {
        ulong image = Intrinsics.ImageBase();
        byte* pe = FindPeHeader();
        if (address < image || address - image > uint.MaxValue || pe == null)
        {
            return false;
        }

        uint offset = (uint)(address - image);
        byte* section = pe + PeHeaderLength + *(ushort*)(pe + PeOptionalHeaderLength);
        for (int i = *(ushort*)(pe + PeSectionCount); i > 0; i--, section += SectionHeaderLength)
        {
            uint start = *(uint*)(section + SectionVirtualAddress);
            uint length = *(uint*)(section + SectionVirtualSize);
            if ((*(uint*)(section + SectionCharacteristics) & SectionExecutable) != 0 && offset >= start && offset - start < length)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The address is one a CALL returns to: it lies in the code, and what stands before it is a CALL.</summary>
    public static bool IsReturnAddress(ulong address)
    {
        // The longest CALL that is looked for has 7 bytes.
        if (!Contains(address) || !Contains(address - 7))
        {
            return false;
        }

        byte* next = (byte*)address;

        // E8 rel32; FF /2 with a register, memory without displacement, with 8 and with 32 bits of it (and with a SIB byte one more).
        return next[-5] == 0xE8
            || IsIndirectCall(next - 2)
            || IsIndirectCall(next - 3)
            || IsIndirectCall(next - 4)
            || IsIndirectCall(next - 6)
            || IsIndirectCall(next - 7);
    }

    private static byte* FindPeHeader()
    {
        byte* image = (byte*)Intrinsics.ImageBase();
        uint offset = *(uint*)(image + DosHeaderPeOffset);
        return *(ushort*)image == DosMagic && offset <= MaxHeaderOffset && *(uint*)(image + offset) == PeSignature ? image + offset : null;
    }

    private static bool IsIndirectCall(byte* code) => code[0] == 0xFF && (code[1] & 0x38) == 0x10;
}
