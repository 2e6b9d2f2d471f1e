using HyperCore.Efi.Cpu;

namespace HyperCore.Efi.Virtualization;

/// <summary>
/// The state of a vCPU that neither vendor's entries and exits exchange, and that stays in the processor while the vCPU is loaded: x87, SSE, AVX,
/// XCR0, TSC_AUX and the addresses of breakpoints, which do nothing in the host because DR7 is off there.
/// </summary>
internal sealed unsafe class ExtendedState
{
    private const uint MsrTscAux = 0xC000_0103;
    private const int MxcsrOffset = 24;

    private readonly VirtualizationHost _host;
    private readonly byte* _area;
    private readonly ulong[] _debugAddresses = new ulong[4];
    private ulong _xcr0;
    private uint _tscAux;

    /// <summary>Creates the state of a vCPU.</summary>
    /// <param name="host">Knows what the processor has.</param>
    /// <param name="memory"><see cref="VirtualizationHost.ExtendedStateSize"/> bytes, page-aligned, zeroed.</param>
    public ExtendedState(VirtualizationHost host, byte* memory)
    {
        _host = host;
        _area = memory;
    }

    /// <summary>XCR0, read from the processor, which holds it while the vCPU is loaded: QEMU 7.2 never raises the XSETBV intercept.</summary>
    public ulong Xcr0
    {
        get => _host.HasXsave ? Intrinsics.ReadXcr(0) : 0;
        set => Intrinsics.WriteXcr(0, value);
    }

    /// <summary>IA32_TSC_AUX.</summary>
    public uint TscAux
    {
        get => _tscAux;
        set
        {
            _tscAux = value;
            if (_host.HasTscAux)
            {
                Intrinsics.WriteMsr(MsrTscAux, value);
            }
        }
    }

    /// <summary>Power-on.</summary>
    public void Reset()
    {
        for (int i = 0; i < _host.ExtendedStateSize / sizeof(ulong); i++)
        {
            ((ulong*)_area)[i] = 0;
        }

        _debugAddresses[0] = 0;
        _debugAddresses[1] = 0;
        _debugAddresses[2] = 0;
        _debugAddresses[3] = 0;
        _xcr0 = 1;
        _tscAux = 0;

        // The x87 control word and MXCSR after reset; with XSTATE_BV clear XRSTOR initialises the rest (AMD APM vol. 2, 11.5.6).
        *(ushort*)_area = 0x40;
        *(uint*)(_area + MxcsrOffset) = 0x1F80;
    }

    /// <summary>INIT, while the vCPU is loaded: the addresses of breakpoints are cleared, all else is kept.</summary>
    public static void Init()
    {
        Intrinsics.WriteDr0(0);
        Intrinsics.WriteDr1(0);
        Intrinsics.WriteDr2(0);
        Intrinsics.WriteDr3(0);
    }

    /// <summary>Puts it into the processor that runs the caller.</summary>
    public void Load()
    {
        if (_host.HasXsave)
        {
            Intrinsics.WriteXcr(0, _host.FullXcr0);
            Intrinsics.XRestore(_area, _host.FullXcr0);
            Intrinsics.WriteXcr(0, _xcr0);
        }
        else
        {
            Intrinsics.FxRestore(_area);
        }

        if (_host.HasTscAux)
        {
            Intrinsics.WriteMsr(MsrTscAux, _tscAux);
        }

        Intrinsics.WriteDr0(_debugAddresses[0]);
        Intrinsics.WriteDr1(_debugAddresses[1]);
        Intrinsics.WriteDr2(_debugAddresses[2]);
        Intrinsics.WriteDr3(_debugAddresses[3]);
    }

    /// <summary>Takes it out of the processor that runs the caller.</summary>
    public void Save()
    {
        _debugAddresses[0] = Intrinsics.ReadDr0();
        _debugAddresses[1] = Intrinsics.ReadDr1();
        _debugAddresses[2] = Intrinsics.ReadDr2();
        _debugAddresses[3] = Intrinsics.ReadDr3();
        if (_host.HasXsave)
        {
            _xcr0 = Intrinsics.ReadXcr(0);
            Intrinsics.WriteXcr(0, _host.FullXcr0);
            Intrinsics.XSave(_area, _host.FullXcr0);
        }
        else
        {
            Intrinsics.FxSave(_area);
        }
    }
}
