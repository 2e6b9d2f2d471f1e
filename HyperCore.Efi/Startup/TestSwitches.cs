#if PANIC_TEST
using System;
using HyperCore.Core.Machine;
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

    // VM_CR.SVMDIS and LOCK.
    private const ulong SvmLockedOff = 0x18;

    private static PanicTestKind? s_panic;
    private static int s_pcpu;
    private static bool s_isArmed;

    /// <summary>Bits to be taken as set in VM_CR.</summary>
    public static ulong VmControlBits { get; private set; }

    /// <summary>Reads the switch while the firmware's file system is there.</summary>
    public static void Load(StartupInformation information)
    {
        LoadedFile file = information.Files.Load(Path);
        ReadOnlySpan<byte> name = file.Error == null ? file.Bytes : default;

        // "pcpu N ERROR": on that pCPU.
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
        VmControlBits = name.StartsWith("svm-locked"u8) ? SvmLockedOff : 0;
    }

    /// <summary>Makes the error that the switch names, if any.</summary>
    public static void ProvokePanic(HostServices services)
    {
        s_isArmed = true;
        if (s_panic is { } kind && s_pcpu == 0)
        {
            PanicTest.Provoke(kind);
        }
        else if (s_panic != null && s_pcpu < services.PcpuCount)
        {
            services.Kick(s_pcpu);
        }
    }

    /// <summary>Makes the error that the switch names, if it is for the pCPU that runs the caller.</summary>
    public static void ProvokePanicOn(int pcpu)
    {
        if (s_isArmed && s_panic is { } kind && s_pcpu == pcpu)
        {
            PanicTest.Provoke(kind);
        }
    }
#else
    /// <summary>Bits to be taken as set in VM_CR: none.</summary>
    public static ulong VmControlBits => 0;
#endif
}
