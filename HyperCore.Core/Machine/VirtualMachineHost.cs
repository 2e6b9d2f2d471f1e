using System;
using HyperCore.Core.Firmware;
using HyperCore.Core.Memory;
using HyperCore.Core.Paging;
using HyperCore.Core.Processor;
using HyperCore.Core.Time;
using Iced.Intel;

namespace HyperCore.Core.Machine;

/// <summary>What the machine offers to its VMs.</summary>
public sealed class VirtualMachineHost
{
    /// <summary>Collects what every VM needs to know of the machine.</summary>
    public VirtualMachineHost(HostProcessor processor, Clock clock, FrameAllocator memory, FrameSource frames, Dispatcher dispatcher)
    {
        Processor = processor;
        Clock = clock;
        Memory = memory;
        Frames = frames;
        Dispatcher = dispatcher;
        bool isAmd = processor.Cpuid(0).Ebx is 0x6874_7541 or 0x6F67_7948; // "Auth", "Hygo"
        DecoderOptions = isAmd ? DecoderOptions.AMD : DecoderOptions.None;
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

    /// <summary>Who gives vCPUs to pCPUs.</summary>
    public Dispatcher Dispatcher { get; }

    /// <summary>
    /// What is done between two pieces of work that takes long, such as zeroing memory, so that the others' guests run on and interrupts are
    /// taken; null when there is nothing.
    /// </summary>
    public Action? Breather { get; set; }

    /// <summary>Whose instruction set the processor has.</summary>
    public DecoderOptions DecoderOptions { get; }

    /// <summary>Nested page tables may have 1 GiB pages.</summary>
    public bool HasNested1GPages { get; init; }

    /// <summary>Width of a physical address.</summary>
    public int PhysicalAddressBits { get; }

    /// <summary>Levels of nested page tables: 4 or 5.</summary>
    public int NestedLevels { get; init; } = 4;

    /// <summary>What the processor wants nested page tables to look like.</summary>
    public NestedFormat NestedFormat { get; init; }

    /// <summary>The machine's screen; null without one.</summary>
    public HostFramebuffer? Framebuffer { get; init; }

    /// <summary>Where random numbers come from; null when the machine has none.</summary>
    public EntropySource? Entropy { get; init; }

    /// <summary>The machine's network; null when no VM is to have a network card.</summary>
    public MachineNetwork? Network { get; set; }

    /// <summary>The firmware's variables.</summary>
    public FirmwareVariables Variables { get; init; } = new NoVariables("this machine has no firmware variables");

    /// <summary>Why no VM can be started on this machine; null when they can.</summary>
    public string? Obstacle { get; init; }

    /// <summary>Seconds since 1970 when <see cref="Clock"/> was at zero.</summary>
    public ulong UnixTimeAtStart { get; init; }

    /// <summary>Seconds since 1970 now.</summary>
    public ulong UnixTimeNow => UnixTimeAtStart + (Clock.Now / 1_000_000_000);
}
