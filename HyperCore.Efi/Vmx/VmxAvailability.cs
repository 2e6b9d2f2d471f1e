using HyperCore.Core.Processor;

namespace HyperCore.Efi.Vmx;

/// <summary>Whether a processor can run guests with VMX, and in what words to say that it cannot.</summary>
internal static class VmxAvailability
{
    private const uint GenuineIntelEbx = 0x756E_6547; // "Genu"
    private const uint ExtendedFeatures = 0x8000_0001;

    /// <summary>The processor has VMX at all: only then IA32_FEATURE_CONTROL and the capability MSRs exist.</summary>
    public static bool HasVmx(HostProcessor processor) => (processor.Cpuid(1).Ecx & (1u << 5)) != 0;

    /// <summary>VMX is what guests are to run on, or what is missing: the processor has it, or is one of Intel's without SVM.</summary>
    public static bool IsChosen(HostProcessor processor) => HasVmx(processor) || (processor.Cpuid(0).Ebx == GenuineIntelEbx && !HasSvm(processor));

    /// <summary>Firmware has left the decision to us: IA32_FEATURE_CONTROL is to be set and locked before VMXON (Intel SDM vol. 3C, 24.7).</summary>
    public static bool MustUnlock(ulong featureControl) => (featureControl & VmxMsr.FeatureControlLock) == 0;

    /// <summary>Why VMX cannot be used, for the person at the machine; null when it can.</summary>
    /// <param name="processor">The processor.</param>
    /// <param name="msrs">Its registers.</param>
    /// <param name="boot">What the boot processor's VMX offers, when another one is asked; null for itself.</param>
    public static string? WhyNot(HostProcessor processor, MsrReader msrs, VmxCapabilities? boot = null)
    {
        if (!HasVmx(processor))
        {
            return "this processor has no Intel VMX (CPUID 1 ECX bit 5), which HyperCore needs to run VMs";
        }

        if ((msrs.Read(VmxMsr.FeatureControl) & (VmxMsr.FeatureControlLock | VmxMsr.FeatureControlVmx)) == VmxMsr.FeatureControlLock)
        {
            return "VMX is locked off by the firmware (IA32_FEATURE_CONTROL is locked without it); switch on \"VT-x\" or \"Virtualization\" in the firmware setup";
        }

        if (boot == null)
        {
            return new VmxCapabilities(msrs).FindMissing();
        }

        return boot.IsLike(msrs) ? null : "its VMX is not the boot processor's (IA32_VMX_BASIC and the capability registers behind it)";
    }

    private static bool HasSvm(HostProcessor processor) =>
        processor.Cpuid(0x8000_0000).Eax >= ExtendedFeatures && (processor.Cpuid(ExtendedFeatures).Ecx & 4) != 0;
}
