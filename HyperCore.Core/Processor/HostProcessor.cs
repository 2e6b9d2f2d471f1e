namespace HyperCore.Core.Processor;

/// <summary>The physical processor, as far as policy in Core has to ask it.</summary>
public abstract class HostProcessor
{
    /// <summary>CPUID.</summary>
    public abstract CpuidResult Cpuid(uint leaf, uint subleaf = 0);

    /// <summary>Runs an indirect branch prediction barrier (IA32_PRED_CMD bit 0) for the guest that asked for it.</summary>
    public abstract void IndirectBranchPredictionBarrier();
}
