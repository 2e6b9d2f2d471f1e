using System;
using HyperCore.Core.Platform;

namespace HyperCore.Core.Boot;

/// <summary>What a Linux VM boots from. Everything is only read, and only during the call.</summary>
public ref struct LinuxBoot
{
    /// <summary>The VM's name, for messages.</summary>
    public ReadOnlySpan<char> VirtualMachine;

    /// <summary>The kernel file: a bzImage or an ELF vmlinux.</summary>
    public ReadOnlySpan<byte> Kernel;

    /// <summary>The initial RAM disk; empty when there is none.</summary>
    public ReadOnlySpan<byte> Initrd;

    /// <summary>The command line.</summary>
    public ReadOnlySpan<char> CommandLine;

    /// <summary>The framebuffer that the guest finds, if any.</summary>
    public FramebufferDescription Framebuffer;
}
