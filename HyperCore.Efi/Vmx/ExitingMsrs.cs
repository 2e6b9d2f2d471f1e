using HyperCore.Core.Devices;

namespace HyperCore.Efi.Vmx;

/// <summary>
/// The MSR bitmap: a bit for each of the MSRs 0 to 1FFFh and C000_0000h to C000_1FFFh, set = exit; first all for RDMSR, then all for WRMSR (Intel SDM
/// vol. 3C, 25.6.9). Others always exit. Everything exits but what entries and exits, or the loading of a vCPU, exchange anyway.
/// </summary>
internal static unsafe class ExitingMsrs
{
    /// <summary>Size in bytes; one page.</summary>
    public const int Size = 0x1000;

    private const int HighOffset = 0x400;
    private const int WriteOffset = 0x800;
    private const uint HighFirst = 0xC000_0000;
    private const uint RangeLength = 0x2000;

    /// <summary>Fills a bitmap.</summary>
    public static void Fill(byte* bitmap)
    {
        for (int i = 0; i < Size; i++)
        {
            bitmap[i] = 0xFF;
        }

        Allow(bitmap, VmxMsr.SysenterCs);
        Allow(bitmap, VmxMsr.SysenterEsp);
        Allow(bitmap, VmxMsr.SysenterEip);
        Allow(bitmap, VmxMsr.Star);
        Allow(bitmap, VmxMsr.Lstar);
        Allow(bitmap, VmxMsr.Cstar);
        Allow(bitmap, VmxMsr.Sfmask);
        Allow(bitmap, VmxMsr.FsBase);
        Allow(bitmap, VmxMsr.GsBase);
        Allow(bitmap, VmxMsr.KernelGsBase);
    }

    /// <summary>
    /// Lets a guest in x2APIC mode reach what a processor with APIC-register virtualization and virtual-interrupt delivery carries out by itself (Intel SDM
    /// vol. 3C, 30.5): reads of all registers but the timer's count, writes of TPR, EOI and SELF IPI.
    /// </summary>
    public static void AllowX2Apic(byte* bitmap)
    {
        for (uint register = 0; register < 64; register++)
        {
            uint offset = register << 4;
            if ((LocalApic.X2ApicReadable >> (int)register & 1) != 0 && offset != ApicRegister.CurrentCount)
            {
                AllowRead(bitmap, ApicRegister.FirstMsr + register);
            }

            if (offset is ApicRegister.TaskPriority or ApicRegister.EndOfInterrupt or ApicRegister.SelfIpi)
            {
                AllowWrite(bitmap, ApicRegister.FirstMsr + register);
            }
        }
    }

    /// <summary>The bit of an MSR for RDMSR; -1 when the bitmap does not cover it.</summary>
    public static int BitOf(uint msr)
    {
        if (msr < RangeLength)
        {
            return (int)msr;
        }

        return msr - HighFirst < RangeLength ? (HighOffset * 8) + (int)(msr - HighFirst) : -1;
    }

    private static void Allow(byte* bitmap, uint msr)
    {
        AllowRead(bitmap, msr);
        AllowWrite(bitmap, msr);
    }

    private static void AllowRead(byte* bitmap, uint msr)
    {
        int bit = BitOf(msr);
        bitmap[bit >> 3] &= (byte)~(1 << (bit & 7));
    }

    private static void AllowWrite(byte* bitmap, uint msr) => AllowRead(bitmap + WriteOffset, msr);
}
