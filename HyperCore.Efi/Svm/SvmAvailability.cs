using HyperCore.Core.Config;
using HyperCore.Core.Processor;

namespace HyperCore.Efi.Svm;

/// <summary>Whether a processor can run guests with SVM, and in what words to say that it cannot.</summary>
internal static class SvmAvailability
{
    private const uint FeatureLeaf = 0x8000_000A;

    /// <summary>The processor has SVM at all: only then VM_CR exists.</summary>
    public static bool HasSvm(HostProcessor processor) =>
        processor.Cpuid(0x8000_0000).Eax >= FeatureLeaf && (processor.Cpuid(0x8000_0001).Ecx & 4) != 0;

    /// <summary>Why SVM cannot be used, for the person at the machine; null when it can (AMD APM vol. 2, 15.4).</summary>
    /// <param name="processor">The processor.</param>
    /// <param name="vmControl">Its VM_CR register; 0 without SVM.</param>
    public static string? WhyNot(HostProcessor processor, ulong vmControl)
    {
        if (!HasSvm(processor))
        {
            return "this processor has no AMD SVM (CPUID 8000_0001h ECX bit 2), which HyperCore needs to run VMs";
        }

        if ((vmControl & SvmMsr.VmCrSvmDisable) != 0)
        {
            return (vmControl & SvmMsr.VmCrLock) != 0
                ? "SVM is locked off by the firmware (VM_CR.SVMDIS and LOCK are set); switch on \"SVM Mode\" or \"Virtualization\" in the firmware setup"
                : "SVM is switched off (VM_CR.SVMDIS is set); switch on \"SVM Mode\" or \"Virtualization\" in the firmware setup";
        }

        var features = new SvmFeatures(processor);
        if (!features.NestedPaging)
        {
            return "this processor has SVM but no nested paging (CPUID 8000_000Ah EDX bit 0), which HyperCore needs to run VMs";
        }

        // One for each VM, and 0 is the host's.
        return features.AsidCount > HyperCoreConfig.MaxVirtualMachines
            ? null
            : "this processor's SVM has too few address space identifiers (CPUID 8000_000Ah EBX) to tell the VMs apart";
    }
}
