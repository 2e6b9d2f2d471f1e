using System;

namespace HyperCore.Core.Network;

/// <summary>
/// The driver of a network card. The card reads and writes buffers of HyperCore's own only; frames are copied from and to them. Nothing waits: what
/// takes time is continued by <see cref="Poll"/>. All of it is used by the console processor.
/// </summary>
public abstract class NetworkCard
{
    /// <summary>Bytes of a buffer for one frame.</summary>
    protected const int BufferSize = 2048;

    /// <summary>What it is, for people.</summary>
    public abstract string Name { get; }

    /// <summary>The address that its manufacturer, or whoever made the machine, gave it.</summary>
    public MacAddress Address { get; protected set; }

    /// <summary>It sends and receives.</summary>
    public abstract bool IsRunning { get; }

    /// <summary>A cable is plugged in and the other end answers.</summary>
    public bool IsLinkUp { get; protected set; }

    /// <summary>Megabits a second; 0 when unknown.</summary>
    public int Speed { get; protected set; }

    /// <summary>Why it does not work; null while it may.</summary>
    public string? Problem { get; protected set; }

    /// <summary>Frames that came in damaged, or in more than one piece.</summary>
    public ulong Damaged { get; protected set; }

    /// <summary>Interrupts that have come so far.</summary>
    public abstract uint InterruptCount { get; }

    /// <summary>Begins to bring it up. Addresses of VMs are known then.</summary>
    /// <param name="filter">The addresses to receive frames for, besides those for groups.</param>
    /// <param name="now">The time, nanoseconds.</param>
    public abstract void Start(ReadOnlySpan<MacAddress> filter, ulong now);

    /// <summary>Goes on with bringing it up, acknowledges its interrupts, and looks at its link.</summary>
    /// <param name="now">The time, nanoseconds.</param>
    /// <returns>When it wants to be called again without an interrupt.</returns>
    public abstract ulong Poll(ulong now);

    /// <summary>The next frame that has come in; it stays where it is until <see cref="FinishReceive"/>.</summary>
    public abstract bool TryReceive(out ReadOnlySpan<byte> frame);

    /// <summary>Gives the buffer of the frame back.</summary>
    public abstract void FinishReceive();

    /// <summary>Sends a frame, which is copied, with zeroes behind one that is short.</summary>
    /// <returns>False when there is no room at the moment.</returns>
    public abstract bool TrySend(ReadOnlySpan<byte> frame);

    /// <summary>Tells the card of what was sent and given back since the last call.</summary>
    public abstract void Flush();

    /// <summary>Lets the card interrupt, or not. Who switches it on looks for frames afterwards.</summary>
    public abstract void SetInterrupts(bool enabled);
}
