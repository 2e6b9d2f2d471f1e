namespace HyperCore.Efi.Svm;

/// <summary>
/// What one pCPU needs to run guests: the VMCB that keeps the host's state that VMRUN does not switch, the area for what it does switch, and the
/// address space identifiers, of which each pCPU has its own.
/// </summary>
internal sealed unsafe class SvmPcpu
{
    /// <summary>Bytes of contiguous, page-aligned memory that it needs.</summary>
    public const int MemorySize = Vmcb.Size + HostSaveAreaSize;

    private const int HostSaveAreaSize = 0x1000;

    private readonly uint _asidCount;
    private uint _nextAsid = 1;

    /// <summary>Lays the structures out in <paramref name="memory"/>.</summary>
    /// <param name="memory">Zeroed.</param>
    /// <param name="asidCount">Address space identifiers there are; 0 is the host's.</param>
    public SvmPcpu(byte* memory, uint asidCount)
    {
        HostVmcb = memory;
        HostSaveArea = memory + Vmcb.Size;
        _asidCount = asidCount;
    }

    /// <summary>Where VMLOAD takes the host's FS, GS, TR, LDTR and system call MSRs from, after each exit.</summary>
    public byte* HostVmcb { get; }

    /// <summary>Where VMRUN keeps the host's state; its address goes into VM_HSAVE_PA.</summary>
    public byte* HostSaveArea { get; }

    /// <summary>
    /// Goes up when the identifiers have been used up and are given out anew: who has one from before needs another.
    /// </summary>
    public ulong AsidGeneration { get; private set; } = 1;

    /// <summary>Ticks that this pCPU's time-stamp counter is ahead of the boot processor's.</summary>
    public long TscOffset { get; set; }

    /// <summary>
    /// An identifier that no other vCPU uses on this pCPU (AMD APM vol. 2, 15.16.1). The first VMRUN with it must flush what an earlier user of
    /// it left in the TLB.
    /// </summary>
    public uint TakeAsid()
    {
        if (_nextAsid >= _asidCount)
        {
            _nextAsid = 1;
            AsidGeneration++;
        }

        return _nextAsid++;
    }
}
