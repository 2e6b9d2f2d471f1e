using HyperCore.Core.Devices;
using HyperCore.Core.Machine;
using HyperCore.Core.Processor;
using HyperCore.Core.Time;

namespace HyperCore.Core.Exits;

/// <summary>
/// What a vCPU's RDMSR and WRMSR do for registers that are intercepted. A register that is not named here does not exist: #GP, as on a
/// processor that has none (AMD APM vol. 2, 3.2). No access ever reaches a physical register unchecked.
/// </summary>
public sealed class MsrPolicy
{
    private const ulong EferSce = 1;
    private const ulong EferLme = 1ul << 8;
    private const ulong EferLma = 1ul << 10;
    private const ulong EferNxe = 1ul << 11;
    private const ulong EferFfxsr = 1ul << 14;
    private const ulong Cr0Paging = 1ul << 31;
    private const ulong SvmDisabledAndLocked = 0x18;
    private const ulong PredictionBarrier = 1;
    private const uint Xsaves = 1u << 3;

    private readonly VirtualProcessor _cpu;
    private readonly LocalApic _apic;
    private readonly VcpuClock _clock;
    private readonly HostProcessor _host;
    private readonly MtrrState _mtrr;
    private readonly PlatformAccess _platform;
    private readonly ulong _allowedEfer;
    private readonly bool _hasPredictionBarrier;
    private readonly bool _hasXsaves;
    private readonly bool _isAmd;
    private ulong _hardwareConfiguration;

    /// <summary>Creates the policy of one vCPU.</summary>
    /// <param name="cpu">The back end.</param>
    /// <param name="apic">Its local APIC.</param>
    /// <param name="clock">Its clock.</param>
    /// <param name="mtrr">The memory types, which the vCPUs of a VM share.</param>
    /// <param name="host">The physical processor.</param>
    /// <param name="cpuid">What the guest was told that there is.</param>
    /// <param name="platform">The way to what the vCPUs share.</param>
    public MsrPolicy(
        VirtualProcessor cpu, LocalApic apic, VcpuClock clock, MtrrState mtrr, HostProcessor host, CpuidPolicy cpuid, PlatformAccess platform)
    {
        _platform = platform;
        _mtrr = mtrr;
        _cpu = cpu;
        _apic = apic;
        _clock = clock;
        _host = host;
        uint features = cpuid.ExtendedFeatures;
        _allowedEfer = EferSce | EferLme | EferLma
            | ((features >> 20 & 1) != 0 ? EferNxe : 0) | ((features >> 25 & 1) != 0 ? EferFfxsr : 0);
        _hasPredictionBarrier = (cpuid.Lookup(0x8000_0008, 0, 0, 0).Ebx & 0x1000) != 0;
        _hasXsaves = (cpuid.Lookup(CpuidPolicy.ExtendedStateLeaf, 1, 0, 1).Eax & Xsaves) != 0;
        _isAmd = cpuid.Lookup(0, 0, 0, 0).Ebx is 0x6874_7541 or 0x6F67_7948; // "Auth", "Hygo"
    }

    /// <summary>The state after power-on, but for what the vCPUs share.</summary>
    public void Reset() => _hardwareConfiguration = 0;

    /// <summary>RDMSR.</summary>
    /// <returns>False: #GP(0).</returns>
    public bool TryRead(uint msr, out ulong value)
    {
        switch (msr)
        {
            case MsrIndex.Pat:
                value = _cpu.Pat;
                return true;
            case >= MsrIndex.X2ApicFirst and <= MsrIndex.X2ApicLast:
            case MsrIndex.ApicBase or MsrIndex.TscDeadline:
                return TryReadApic(msr, out value);
            default:
                return TryReadOther(msr, out value);
        }
    }

    /// <summary>WRMSR.</summary>
    /// <returns>False: #GP(0).</returns>
    public bool TryWrite(uint msr, ulong value)
    {
        if (msr is >= MsrIndex.X2ApicFirst and <= MsrIndex.X2ApicLast or MsrIndex.ApicBase or MsrIndex.TscDeadline)
        {
            _platform.Enter();
            bool allowed = _apic.TryWriteMsr(msr, value);
            _platform.Leave();
            return allowed;
        }

        switch (msr)
        {
            case MsrIndex.Tsc:
                _clock.SetTsc(value);
                _cpu.TscOffset = _clock.TscOffset;
                return true;
            case MsrIndex.TscAdjust:
                _clock.Adjust = value;
                _cpu.TscOffset = _clock.TscOffset;
                return true;
            case MsrIndex.Efer:
                return TryWriteEfer(value);
            case MsrIndex.Pat:
                return TryWritePat(value);
            case MsrIndex.TscAux:
                return TryWriteTscAux(value);
            case MsrIndex.McgStatus:
                // No machine check is ever reported to a guest, so it stays clear.
                return value == 0;
            case MsrIndex.PredictionCommand:
                return TryWritePredictionCommand(value);
            case MsrIndex.ExtendedSupervisorState when _hasXsaves:
                // IA32_XSS exists with XSAVES; no component that it could enable is offered (Intel SDM vol. 1, 13.3).
                return value == 0;
            case MsrIndex.DebugControl:
                // Last-branch recording is not offered; switching it off is fine.
                return value == 0;
            case MsrIndex.PatchLevel:
                return true;
            default:
                return TryWriteMtrr(msr, value) || (_isAmd && TryWriteAmd(msr, value));
        }
    }

    private bool TryReadApic(uint msr, out ulong value)
    {
        _platform.Enter();
        bool exists = _apic.TryReadMsr(msr, out value);
        _platform.Leave();
        return exists;
    }

    private bool TryWriteMtrr(uint msr, ulong value)
    {
        _platform.Enter();
        bool written = _mtrr.TryWrite(msr, value);
        _platform.Leave();
        return written;
    }

    private bool TryReadOther(uint msr, out ulong value)
    {
        switch (msr)
        {
            case MsrIndex.Efer:
                value = _cpu.Efer;
                return true;
            case MsrIndex.TscAux:
                value = _cpu.TscAux;
                return true;
            case MsrIndex.Tsc:
                value = _clock.Tsc;
                return true;
            case MsrIndex.TscAdjust:
                value = _clock.Adjust;
                return true;
            case MsrIndex.MtrrCapabilities:
                value = MtrrState.Capabilities;
                return true;
            case MsrIndex.McgStatus or MsrIndex.McgCapabilities or MsrIndex.DebugControl or MsrIndex.PatchLevel:
            case >= MsrIndex.LastBranchFirst and <= MsrIndex.LastBranchLast:
            case MsrIndex.ExtendedSupervisorState when _hasXsaves:
                value = 0;
                return true;
            default:
                return _mtrr.TryRead(msr, out value) || (_isAmd ? TryReadAmd(msr, out value) : TryReadIntel(msr, out value));
        }
    }

    private bool TryReadAmd(uint msr, out ulong value)
    {
        switch (msr)
        {
            case MsrIndex.HardwareConfiguration:
                value = _hardwareConfiguration;
                return true;
            case MsrIndex.VmControl:
                value = SvmDisabledAndLocked;
                return true;
            case MsrIndex.SystemConfiguration:
            case MsrIndex.NorthbridgeConfiguration:
            case MsrIndex.InterruptPending:
            case MsrIndex.MmioConfigurationBase:
            case MsrIndex.TopOfMemory:
            case MsrIndex.TopOfMemory2:
            case >= MsrIndex.IoRangeFirst and <= MsrIndex.IoRangeLast:
            case >= MsrIndex.K7EventSelect0 and <= MsrIndex.K7Counter3:
            case >= MsrIndex.PStateLimit and <= MsrIndex.PState7:
            case MsrIndex.SmmBase or MsrIndex.SmmAddress or MsrIndex.SmmMask:
            case MsrIndex.LoadStoreConfiguration or MsrIndex.InstructionCacheConfiguration or MsrIndex.DataCacheConfiguration:
            case MsrIndex.DecodeConfiguration or MsrIndex.LoadStoreConfiguration2:
                value = 0;
                return true;
            default:
                value = 0;
                return false;
        }
    }

    private static bool TryReadIntel(uint msr, out ulong value)
    {
        // Fast strings on; everything else a guest may ask about is absent.
        value = msr == MsrIndex.MiscellaneousEnable ? 1u : 0;
        return msr is MsrIndex.MiscellaneousEnable or MsrIndex.PlatformId;
    }

    private bool TryWriteAmd(uint msr, ulong value)
    {
        switch (msr)
        {
            case MsrIndex.HardwareConfiguration:
                // Kept so that it reads back: TSC frequency select and the like change nothing here.
                _hardwareConfiguration = value;
                return true;
            case MsrIndex.SystemConfiguration:
            case MsrIndex.NorthbridgeConfiguration:
            case MsrIndex.InterruptPending:
            case MsrIndex.LoadStoreConfiguration or MsrIndex.InstructionCacheConfiguration or MsrIndex.DataCacheConfiguration:
            case MsrIndex.DecodeConfiguration or MsrIndex.LoadStoreConfiguration2:
            case >= MsrIndex.K7EventSelect0 and <= MsrIndex.K7Counter3:
                // Chicken bits and counters that do nothing in a VM.
                return true;
            default:
                return false;
        }
    }

    private bool TryWriteEfer(ulong value)
    {
        ulong old = _cpu.Efer;
        bool changesLongMode = ((value ^ old) & EferLme) != 0;
        if ((value & ~_allowedEfer) != 0 || (changesLongMode && (_cpu.Cr0 & Cr0Paging) != 0))
        {
            return false;
        }

        // LMA belongs to the processor: writes keep it.
        _cpu.Efer = (value & ~EferLma) | (old & EferLma);
        return true;
    }

    private bool TryWriteTscAux(ulong value)
    {
        if (value > uint.MaxValue)
        {
            return false;
        }

        _cpu.TscAux = (uint)value;
        return true;
    }

    private bool TryWritePat(ulong value)
    {
        for (int shift = 0; shift < 64; shift += 8)
        {
            if ((value >> shift & 0xFF) is not (0 or 1 or 4 or 5 or 6 or 7))
            {
                return false;
            }
        }

        _cpu.Pat = value;
        return true;
    }

    private bool TryWritePredictionCommand(ulong value)
    {
        if (!_hasPredictionBarrier || (value & ~PredictionBarrier) != 0)
        {
            return false;
        }

        if (value != 0)
        {
            _host.IndirectBranchPredictionBarrier();
        }

        return true;
    }
}
