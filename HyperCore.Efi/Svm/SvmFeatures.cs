using HyperCore.Core.Processor;

namespace HyperCore.Efi.Svm;

/// <summary>What this processor's SVM offers, as CPUID 8000_000Ah reports it (AMD APM vol. 3, E.4.9).</summary>
internal readonly struct SvmFeatures
{
    private readonly uint _edx;

    public SvmFeatures(HostProcessor processor)
    {
        CpuidResult result = processor.Cpuid(0x8000_000A);
        Revision = result.Eax & 0xFF;
        AsidCount = result.Ebx;
        _edx = result.Edx;
    }

    public uint Revision { get; }

    /// <summary>Number of address space identifiers; 0 belongs to the host.</summary>
    public uint AsidCount { get; }

    public bool NestedPaging => Has(0);

    public bool SvmLock => Has(2);

    public bool NextRipSave => Has(3);

    public bool VmcbClean => Has(5);

    public bool FlushByAsid => Has(6);

    public bool DecodeAssists => Has(7);

    public bool PauseFilter => Has(10);

    public bool PauseFilterThreshold => Has(12);

    public bool VirtualGif => Has(16);

    private bool Has(int bit) => (_edx >> bit & 1) != 0;
}
