using HyperCore.Efi.Cpu;

namespace HyperCore.Efi.Memory;

/// <summary>
/// The memory type range registers as the firmware set the boot processor's (AMD APM vol. 2, 7.7; Intel SDM vol. 3A, 12.11). All processors must
/// have the same: firmware sees to that, mostly.
/// </summary>
internal sealed class MemoryTypeRanges
{
    private const uint MsrCapabilities = 0xFE;
    private const uint MsrVariableFirst = 0x200;
    private const uint MsrDefaultType = 0x2FF;
    private const ulong CapabilityFixed = 1 << 8;
    private const ulong DefaultTypeEnable = 1 << 11;
    private const ulong Cr0CacheDisable = 1 << 30;
    private const ulong Cr0NotWriteThrough = 1 << 29;
    private const ulong Cr4GlobalPages = 1 << 7;
    private const uint CpuidRanges = 1 << 12;
    private const int MaxRegisters = 80;

    private static readonly uint[] s_fixed = [0x250, 0x258, 0x259, 0x268, 0x269, 0x26A, 0x26B, 0x26C, 0x26D, 0x26E, 0x26F];

    private readonly uint[] _registers = new uint[MaxRegisters];
    private readonly ulong[] _values = new ulong[MaxRegisters];
    private int _count;
    private readonly ulong _defaultType;

    /// <summary>Reads those of the processor that runs the caller.</summary>
    public MemoryTypeRanges()
    {
        Intrinsics.Cpuid(1, 0, out _, out _, out _, out uint edx);
        if ((edx & CpuidRanges) == 0)
        {
            return;
        }

        ulong capabilities = Intrinsics.ReadMsr(MsrCapabilities);
        for (uint i = 0; i < 2 * (capabilities & 0xFF) && _count < MaxRegisters - s_fixed.Length; i++)
        {
            Add(MsrVariableFirst + i);
        }

        for (int i = 0; i < s_fixed.Length && (capabilities & CapabilityFixed) != 0; i++)
        {
            Add(s_fixed[i]);
        }

        _defaultType = Intrinsics.ReadMsr(MsrDefaultType);
    }

    /// <summary>Gives the processor that runs the caller the same ones, if it has others. Interrupts are off.</summary>
    /// <returns>They were different.</returns>
    public bool Apply()
    {
        if (_count == 0 || IsHere())
        {
            return false;
        }

        // Intel SDM vol. 3A, 12.11.7.2: no cache while the types change, nor anything of before in cache and TLB afterwards.
        ulong cr0 = Intrinsics.ReadCr0();
        ulong cr4 = Intrinsics.ReadCr4();
        Intrinsics.WriteCr0((cr0 | Cr0CacheDisable) & ~Cr0NotWriteThrough);
        Intrinsics.WriteBackInvalidate();
        Intrinsics.WriteCr4(cr4 & ~Cr4GlobalPages);
        Intrinsics.WriteCr3(Intrinsics.ReadCr3());
        Intrinsics.WriteMsr(MsrDefaultType, _defaultType & ~DefaultTypeEnable);
        for (int i = 0; i < _count; i++)
        {
            Intrinsics.WriteMsr(_registers[i], _values[i]);
        }

        Intrinsics.WriteMsr(MsrDefaultType, _defaultType);
        Intrinsics.WriteBackInvalidate();
        Intrinsics.WriteCr3(Intrinsics.ReadCr3());
        Intrinsics.WriteCr0(cr0);
        Intrinsics.WriteCr4(cr4);
        return true;
    }

    private bool IsHere()
    {
        bool same = Intrinsics.ReadMsr(MsrDefaultType) == _defaultType;
        for (int i = 0; same && i < _count; i++)
        {
            same = Intrinsics.ReadMsr(_registers[i]) == _values[i];
        }

        return same;
    }

    private void Add(uint register)
    {
        _registers[_count] = register;
        _values[_count] = Intrinsics.ReadMsr(register);
        _count++;
    }
}
