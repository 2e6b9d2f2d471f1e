namespace HyperCore.Efi.Svm;

/// <summary>
/// The MSR permission map: two bits an MSR (read, write), set = intercept, in three ranges of 2 KiB (AMD APM vol. 2, 15.11).
/// Everything is intercepted but the registers that VMLOAD, VMSAVE and VMRUN switch anyway.
/// </summary>
internal static unsafe class MsrPermissionMap
{
    /// <summary>Size in bytes; two contiguous pages.</summary>
    public const int Size = 0x2000;

    /// <summary>Fills a map.</summary>
    public static void Fill(byte* map)
    {
        for (int i = 0; i < Size; i++)
        {
            map[i] = 0xFF;
        }

        Allow(map, 0x174); // SYSENTER_CS
        Allow(map, 0x175); // SYSENTER_ESP
        Allow(map, 0x176); // SYSENTER_EIP
        Allow(map, 0xC000_0081); // STAR
        Allow(map, 0xC000_0082); // LSTAR
        Allow(map, 0xC000_0083); // CSTAR
        Allow(map, 0xC000_0084); // SFMASK
        Allow(map, 0xC000_0100); // FS.Base
        Allow(map, 0xC000_0101); // GS.Base
        Allow(map, 0xC000_0102); // KernelGSBase
    }

    /// <summary>The bit offset of an MSR's pair of bits; -1 when the map does not cover it (it is then always intercepted).</summary>
    public static int BitOffset(uint msr)
    {
        uint range = msr >> 13;
        int first = range switch
        {
            0 => 0,
            0xC000_0000 >> 13 => 0x800 * 8,
            0xC001_0000 >> 13 => 0x1000 * 8,
            _ => -1,
        };
        return first < 0 ? -1 : first + ((int)(msr & 0x1FFF) * 2);
    }

    private static void Allow(byte* map, uint msr)
    {
        int bit = BitOffset(msr);
        map[bit >> 3] &= (byte)~(3 << (bit & 7));
    }
}
