using System;

namespace HyperCore.Core.Network;

/// <summary>A port of the virtual switch: a VM's network card, or the uplink. Counters only grow, and may be read at any time.</summary>
public sealed unsafe class SwitchPort
{
    /// <summary>Bytes of memory that a port needs: its queue, and a frame that is being sent.</summary>
    public const int MemorySize = FrameQueue.MemorySize + SendSize;

    private const int SendSize = 68 << 10;

    private readonly byte* _send;
    private bool _attention;

    /// <summary>Creates a port. <see cref="VirtualSwitch"/> does.</summary>
    /// <param name="index">Its number.</param>
    /// <param name="name">Whose it is, for people.</param>
    /// <param name="address">The address that its owner sends with.</param>
    /// <param name="memory"><see cref="MemorySize"/> bytes of HyperCore's own.</param>
    internal SwitchPort(int index, string name, MacAddress address, byte* memory)
    {
        Index = index;
        Name = name;
        Address = address;
        Queue = new FrameQueue(memory);
        _send = memory + FrameQueue.MemorySize;
    }

    /// <summary>Its number.</summary>
    public int Index { get; }

    /// <summary>Whose it is, for people.</summary>
    public string Name { get; }

    /// <summary>The address that its owner sends with.</summary>
    public MacAddress Address { get; }

    /// <summary>Frames for its owner.</summary>
    public FrameQueue Queue { get; }

    /// <summary>Room for what its owner is sending: the owner's alone.</summary>
    public Span<byte> SendBuffer => new(_send, TcpSegments.MaxFrame);

    /// <summary>Frames that its owner sent and that the switch took.</summary>
    public ulong Sent { get; private set; }

    /// <summary>Frames that its owner was handed.</summary>
    public ulong Received { get; private set; }

    /// <summary>Frames that its owner sent with an address that is not his.</summary>
    public ulong Spoofed { get; private set; }

    /// <summary>Frames that its owner sent and that cannot be: too short, too long, or with an offload that was not offered.</summary>
    public ulong Malformed { get; private set; }

    /// <summary>Frames for its owner that found no room, or him not there.</summary>
    public ulong Dropped => Queue.Dropped;

    /// <summary>
    /// It has sent something to somebody, who has to be told. Asked by its owner's side, as <see cref="VirtualSwitch.Send"/> is called there.
    /// </summary>
    public bool TakeAttention()
    {
        bool attention = _attention;
        _attention = false;
        return attention;
    }

    /// <summary>The first frame that waited was handed to the owner.</summary>
    public void FinishReceive()
    {
        Received++;
        Queue.Remove(Index);
    }

    /// <summary>The owner sent what cannot be a frame.</summary>
    public void CountMalformed() => Malformed++;

    internal void CountSent() => Sent++;

    internal void CountSpoofed() => Spoofed++;

    internal void RaiseAttention() => _attention = true;
}
