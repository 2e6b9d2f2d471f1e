using HyperCore.Core.Processor;
using HyperCore.Efi.Cpu;
using HyperCore.Efi.Startup;

namespace HyperCore.Efi.Svm;

/// <summary>Switches SVM on.</summary>
internal static unsafe class SvmSupport
{
    private const ulong EferSvme = 1ul << 12;
    private const ulong Cr4OsXsave = 1ul << 18;

    /// <summary>Why this processor cannot run guests; null when it can.</summary>
    public static string? WhyNot(HostProcessor processor) =>
        SvmAvailability.WhyNot(processor, SvmAvailability.HasSvm(processor) ? Intrinsics.ReadMsr(SvmMsr.VmCr) | TestSwitches.VmControlBits : 0);

    /// <summary>
    /// Switches SVM on for the processor that runs the caller (AMD APM vol. 2, 15.4). FS, GS and TR are as the host wants them after each exit.
    /// </summary>
    /// <param name="host">What all vCPUs share.</param>
    /// <param name="pcpu">The processor's own structures.</param>
    public static void Enable(SvmHost host, SvmPcpu pcpu)
    {
        Intrinsics.WriteMsr(SvmMsr.Efer, Intrinsics.ReadMsr(SvmMsr.Efer) | EferSvme);
        Intrinsics.WriteMsr(SvmMsr.VmHsavePa, (ulong)pcpu.HostSaveArea);
        if (host.HasXsave)
        {
            Intrinsics.WriteCr4(Intrinsics.ReadCr4() | Cr4OsXsave);
        }

        Intrinsics.VmSave((ulong)pcpu.HostVmcb);
    }
}
