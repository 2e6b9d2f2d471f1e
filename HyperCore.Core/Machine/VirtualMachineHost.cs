using HyperCore.Core.Memory;
using HyperCore.Core.Paging;
using HyperCore.Core.Processor;
using HyperCore.Core.Time;
using Iced.Intel;

namespace HyperCore.Core.Machine;

/// <summary>What the machine offers to its VMs.</summary>
public sealed unsafe class VirtualMachineHost
{
    /// <summary>Collects what every VM needs to know of the machine.</summary>
    public VirtualMachineHost(HostProcessor processor, Clock clock, FrameAllocator memory, FrameSource frames, int* attention)
    {
        Processor = processor;
        Clock = clock;
        Memory = memory;
        Frames = frames;
        Attention = attention;
        bool isAmd = processor.Cpuid(0).Ebx is 0x6874_7541 or 0x6F67_7948; // "Auth", "Hygo"
        DecoderOptions = isAmd ? DecoderOptions.AMD : DecoderOptions.None;
        Has1GPages = (processor.Cpuid(0x8000_0001).Edx & (1u << 26)) != 0;
        PhysicalAddressBits = (int)(processor.Cpuid(0x8000_0008).Eax & 0xFF);
    }

    /// <summary>The physical processor.</summary>
    public HostProcessor Processor { get; }

    /// <summary>The machine's clock.</summary>
    public Clock Clock { get; }

    /// <summary>The memory that VMs may have.</summary>
    public FrameAllocator Memory { get; }

    /// <summary>Where nested page tables take frames from.</summary>
    public FrameSource Frames { get; }

    /// <summary>The word that makes the main loop look up.</summary>
    public int* Attention { get; }

    /// <summary>Whose instruction set the processor has.</summary>
    public DecoderOptions DecoderOptions { get; }

    /// <summary>The processor has 1 GiB pages.</summary>
    public bool Has1GPages { get; }

    /// <summary>Width of a physical address.</summary>
    public int PhysicalAddressBits { get; }

    /// <summary>Levels of the host's paging, which nested tables share: 4 or 5.</summary>
    public int PagingLevels { get; init; } = 4;

    /// <summary>The machine's screen; null without one.</summary>
    public HostFramebuffer? Framebuffer { get; init; }

    /// <summary>Where random numbers come from; null when the machine has none.</summary>
    public EntropySource? Entropy { get; init; }

    /// <summary>Why no VM can be started on this machine; null when they can.</summary>
    public string? Obstacle { get; init; }

    /// <summary>Seconds since 1970 when <see cref="Clock"/> was at zero.</summary>
    public ulong UnixTimeAtStart { get; init; }

    /// <summary>Seconds since 1970 now.</summary>
    public ulong UnixTimeNow => UnixTimeAtStart + (Clock.Now / 1_000_000_000);
}
