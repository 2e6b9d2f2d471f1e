#if PANIC_TEST
using System;
using HyperCore.Core.Machine;
using HyperCore.Efi.Cpu;
using HyperCore.Efi.Panic;
#endif

namespace HyperCore.Efi.Startup;

/// <summary>
/// What a test build (<c>-p:PanicTest=true</c>) does differently: a file on the partition, <c>\EFI\HyperCore\test-switch</c>, names an error
/// to make once the menu is shown, or a state of the hardware to pretend that no emulator offers. In any other build nothing.
/// </summary>
internal static class TestSwitches
{
#if PANIC_TEST
    private const string Path = "\\EFI\\HyperCore\\test-switch";

    private const int AllPcpus = '*' - '0';

    // VM_CR.SVMDIS and LOCK.
    private const ulong SvmLockedOff = 0x18;

    private static PanicTestKind? s_panic;
    private static int s_pcpu;
    private static bool s_isArmed;
    private static ulong s_vmControlBits;
    private static bool s_isVmxLocked;
    private static uint s_lockedApic = uint.MaxValue;

    /// <summary>Bits to be taken as set in VM_CR of the processor that runs the caller.</summary>
    public static ulong VmControlBits
    {
        get
        {
            Intrinsics.Cpuid(1, 0, out _, out uint ebx, out _, out _);
            return ebx >> 24 == s_lockedApic ? SvmLockedOff : s_vmControlBits;
        }
    }

    /// <summary>IA32_FEATURE_CONTROL is to be taken to be locked without VMX.</summary>
    public static bool IsVmxLocked => s_isVmxLocked;

    /// <summary>An APIC ID that there is to be taken to be: one above 254 needs x2APIC mode.</summary>
    public static uint HighestApicId { get; private set; }

    /// <summary>The MADT is not looked at for processors.</summary>
    public static bool HideMadt { get; private set; }

    /// <summary>APIC virtualization is not used, whatever the processor has.</summary>
    public static bool HideApicVirtualization { get; private set; }

    /// <summary>The processor with this APIC ID is not sent the IPI that starts it.</summary>
    public static uint SilentApic { get; private set; } = uint.MaxValue;

    /// <summary>Reads the switch while the firmware's file system is there.</summary>
    public static void Load(StartupInformation information)
    {
        LoadedFile file = information.Files.Load(Path);
        ReadOnlySpan<byte> name = file.Error == null ? file.Bytes : default;

        // "x2apic", alone or before another one.
        HighestApicId = 0;
        if (name.StartsWith("x2apic"u8))
        {
            HighestApicId = uint.MaxValue;
            name = name.Slice(name.Length > 7 ? 7 : name.Length);
        }

        // "pcpu N ERROR": on that pCPU; N may be *, for all at once.
        s_pcpu = 0;
        if (name.StartsWith("pcpu "u8) && name.Length > 7)
        {
            s_pcpu = name[5] - '0';
            name = name.Slice(7);
        }

        s_panic = name.StartsWith("throw"u8) ? PanicTestKind.Throw
            : name.StartsWith("null"u8) ? PanicTestKind.NullReference
            : name.StartsWith("stack"u8) ? PanicTestKind.StackOverflow
            : name.StartsWith("text"u8) ? PanicTestKind.WriteToText
            : name.StartsWith("divide"u8) ? PanicTestKind.DivisionByZero
            : null;
        s_vmControlBits = name.StartsWith("svm-locked"u8) ? SvmLockedOff : 0;
        s_isVmxLocked = name.StartsWith("vmx-locked"u8);
        HideMadt = name.StartsWith("no-madt"u8);
        HideApicVirtualization = name.StartsWith("no-apicv"u8);
        s_lockedApic = name.StartsWith("pcpu-locked"u8) ? 1u : uint.MaxValue;
        SilentApic = name.StartsWith("pcpu-silent"u8) ? 1u : uint.MaxValue;
    }

    /// <summary>Makes the error that the switch names, if any.</summary>
    public static void ProvokePanic(HostServices services)
    {
        s_isArmed = true;
        for (int i = 1; s_panic != null && i < services.PcpuCount; i++)
        {
            if (s_pcpu == i || s_pcpu == AllPcpus)
            {
                services.Kick(i);
            }
        }

        ProvokePanicOn(0);
    }

    /// <summary>Makes the error that the switch names, if it is for the pCPU that runs the caller.</summary>
    public static void ProvokePanicOn(int pcpu)
    {
        if (s_isArmed && s_panic is { } kind && (s_pcpu == pcpu || s_pcpu == AllPcpus))
        {
            PanicTest.Provoke(kind);
        }
    }
#else
    /// <summary>Bits to be taken as set in VM_CR: none.</summary>
    public static ulong VmControlBits => 0;

    /// <summary>IA32_FEATURE_CONTROL is to be taken to be locked without VMX: no.</summary>
    public static bool IsVmxLocked => false;

    /// <summary>An APIC ID that there is to be taken to be: none.</summary>
    public static uint HighestApicId => 0;

    /// <summary>The MADT is not looked at for processors: it is.</summary>
    public static bool HideMadt => false;

    /// <summary>APIC virtualization is not used, whatever the processor has: it is.</summary>
    public static bool HideApicVirtualization => false;

    /// <summary>The processor with this APIC ID is not started: there is none.</summary>
    public static uint SilentApic => uint.MaxValue;
#endif
}
