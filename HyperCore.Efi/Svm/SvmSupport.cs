using HyperCore.Core.Processor;
using HyperCore.Efi.Cpu;

namespace HyperCore.Efi.Svm;

/// <summary>Finds out whether this processor can run guests with SVM, and switches it on.</summary>
internal static unsafe class SvmSupport
{
    /// <summary>Why SVM cannot be used, for the person at the machine; null when it can.</summary>
    public static string? WhyNot(HostProcessor processor)
    {
        if (processor.Cpuid(0x8000_0000).Eax < 0x8000_000A || (processor.Cpuid(0x8000_0001).Ecx & 4) == 0)
        {
            return "this processor has no AMD SVM (CPUID 8000_0001h ECX bit 2); HyperCore needs it to run VMs";
        }

        ulong control = Intrinsics.ReadMsr(SvmMsr.VmCr);
        if ((control & SvmMsr.VmCrSvmDisable) != 0)
        {
            return (control & SvmMsr.VmCrLock) != 0
                ? "SVM is locked off by the firmware (VM_CR.SVMDIS with LOCK); switch on \"SVM Mode\" or \"Virtualization\" in the firmware setup"
                : "SVM is switched off (VM_CR.SVMDIS); switch on \"SVM Mode\" or \"Virtualization\" in the firmware setup";
        }

        return new SvmFeatures(processor).NestedPaging
            ? null
            : "this processor has SVM but no nested paging (CPUID 8000_000Ah EDX bit 0), which HyperCore needs";
    }

    /// <summary>Switches SVM on for the processor that runs the caller (AMD APM vol. 2, 15.4).</summary>
    public static void Enable(SvmHost host)
    {
        Intrinsics.WriteMsr(SvmMsr.Efer, Intrinsics.ReadMsr(SvmMsr.Efer) | (1ul << 12));
        Intrinsics.WriteMsr(SvmMsr.VmHsavePa, (ulong)host.HostSaveArea);
        if (host.HasXsave)
        {
            Intrinsics.WriteCr4(Intrinsics.ReadCr4() | (1ul << 18));
        }

        Intrinsics.VmSave((ulong)host.HostVmcb);
    }
}
