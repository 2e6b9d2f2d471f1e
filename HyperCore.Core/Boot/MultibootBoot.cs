using System;
using HyperCore.Core.Platform;

namespace HyperCore.Core.Boot;

/// <summary>What a Multiboot VM boots from. Everything is only read, and only during the call.</summary>
public ref struct MultibootBoot
{
    /// <summary>The VM's name, for messages.</summary>
    public ReadOnlySpan<char> VirtualMachine;

    /// <summary>The kernel file: ELF32, ELF64, or anything with address fields in its Multiboot header.</summary>
    public ReadOnlySpan<byte> Kernel;

    /// <summary>The command line.</summary>
    public ReadOnlySpan<char> CommandLine;

    /// <summary>The modules, in their order.</summary>
    public ReadOnlySpan<BootModule> Modules;

    /// <summary>The framebuffer that the guest finds, if any.</summary>
    public FramebufferDescription Framebuffer;
}
