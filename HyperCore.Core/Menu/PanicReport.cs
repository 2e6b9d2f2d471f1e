using System;

namespace HyperCore.Core.Menu;

/// <summary>What is known when HyperCore itself fails.</summary>
public ref struct PanicReport
{
    /// <summary>What went wrong, for people.</summary>
    public ReadOnlySpan<char> Message;

    /// <summary>HyperCore's version.</summary>
    public string Version;

    /// <summary>The pCPU it went wrong on.</summary>
    public int Processor;

    /// <summary>How many other pCPUs it has stopped.</summary>
    public int Stopped;

    /// <summary>Nanoseconds since HyperCore started.</summary>
    public ulong Time;

    /// <summary>The pCPU's registers, in the order they are to be shown.</summary>
    public ReadOnlySpan<PanicRegister> Registers;

    /// <summary>Return addresses, the innermost first.</summary>
    public ReadOnlySpan<ulong> ReturnAddresses;

    /// <summary>Where HyperCore's image is.</summary>
    public ulong ImageBase;

    /// <summary>Bytes of HyperCore's image; addresses within it are shown as offsets.</summary>
    public ulong ImageSize;
}
