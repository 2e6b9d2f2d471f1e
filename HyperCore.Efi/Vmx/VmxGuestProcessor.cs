using HyperCore.Core.Processor;

namespace HyperCore.Efi.Vmx;

/// <summary>
/// An Intel processor as its guests have it: each of some instructions is there only with a control of its own, and raises #UD without (Intel SDM
/// vol. 3C, 26.3).
/// </summary>
internal sealed class VmxGuestProcessor(HostProcessor processor, VmxCapabilities capabilities) : HostProcessor
{
    private const uint Invpcid = 1u << 10;
    private const uint Rdpid = 1u << 22;
    private const uint Rdtscp = 1u << 27;
    private const uint Xsaves = 1u << 3;

    /// <inheritdoc/>
    public override CpuidResult Cpuid(uint leaf, uint subleaf = 0)
    {
        CpuidResult result = processor.Cpuid(leaf, subleaf);
        switch (leaf)
        {
            case 7 when subleaf == 0:
                result.Ebx &= capabilities.HasInvpcid ? ~0u : ~Invpcid;
                result.Ecx &= capabilities.HasRdtscp ? ~0u : ~Rdpid;
                break;
            case 0xD when subleaf == 1:
                result.Eax &= capabilities.HasXsaves ? ~0u : ~Xsaves;
                break;
            case 0x8000_0001:
                result.Edx &= capabilities.HasRdtscp ? ~0u : ~Rdtscp;
                break;
        }

        return result;
    }

    /// <inheritdoc/>
    public override void IndirectBranchPredictionBarrier() => processor.IndirectBranchPredictionBarrier();
}
