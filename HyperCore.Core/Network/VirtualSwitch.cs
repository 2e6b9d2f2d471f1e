using System;
using HyperCore.Core.Config;

namespace HyperCore.Core.Network;

/// <summary>
/// The network between the VMs, and its way out. Who has which address is fixed when the VMs are built and never learned from frames, so nobody
/// can take another's: a VM is handed frames for its own address and for groups, and nothing else; what it sends with another source
/// address goes nowhere. Frames for addresses that no VM has go to the uplink only.
/// </summary>
public sealed unsafe class VirtualSwitch
{
    /// <summary>The most ports: all VMs and the uplink.</summary>
    public const int MaxPorts = HyperCoreConfig.MaxVirtualMachines + 1;

    private const int UplinkIndex = MaxPorts - 1;

    private readonly SwitchPort[] _ports = new SwitchPort[HyperCoreConfig.MaxVirtualMachines];

    /// <summary>VMs that are connected.</summary>
    public int PortCount { get; private set; }

    /// <summary>The way out; null without one.</summary>
    public SwitchPort? Uplink { get; private set; }

    /// <summary>A VM's port, in the order in which they were added.</summary>
    public SwitchPort this[int index] => _ports[index];

    /// <summary>Adds the uplink, before any VM.</summary>
    /// <param name="address">The address of the network card.</param>
    /// <param name="memory"><see cref="SwitchPort.MemorySize"/> bytes for it.</param>
    public SwitchPort AddUplink(MacAddress address, byte* memory)
    {
        Uplink = new SwitchPort(UplinkIndex, "uplink", address, memory);
        ShareOut();
        return Uplink;
    }

    /// <summary>Adds a VM.</summary>
    /// <param name="name">Its name, from which its address is made.</param>
    /// <param name="memory"><see cref="SwitchPort.MemorySize"/> bytes for it.</param>
    public SwitchPort Add(string name, byte* memory)
    {
        MacAddress card = Uplink?.Address ?? default;
        MacAddress address = MacAddress.ForVirtualMachine(name, card);
        while (address.Equals(card) || Find(address) != null)
        {
            // Two names that come to the same: as good as impossible, and no reason to share an address.
            address = new MacAddress((address.Value & ~0xFFFFul) | ((address.Value + 1) & 0xFFFF));
        }

        var port = new SwitchPort(PortCount, name, address, memory);
        _ports[PortCount++] = port;
        ShareOut();
        return port;
    }

    /// <summary>A VM sends a frame. Called with that VM's lock held.</summary>
    /// <param name="from">Its port.</param>
    /// <param name="frame">The frame, in memory that no guest can change.</param>
    public void Send(SwitchPort from, ReadOnlySpan<byte> frame)
    {
        if (!EthernetFrame.HasValidLength(frame))
        {
            from.CountMalformed();
        }
        else if (!EthernetFrame.Source(frame).Equals(from.Address))
        {
            from.CountSpoofed();
        }
        else
        {
            from.CountSent();
            Forward(from, frame);
        }
    }

    /// <summary>A frame has come in from the uplink.</summary>
    /// <param name="frame">The frame.</param>
    public void SendFromUplink(ReadOnlySpan<byte> frame)
    {
        SwitchPort uplink = Uplink!;
        if (!EthernetFrame.HasValidLength(frame))
        {
            uplink.CountMalformed();
            return;
        }

        // What a VM sent comes back when there is a loop outside, and may as well be somebody's who takes its name.
        if (Find(EthernetFrame.Source(frame)) != null)
        {
            uplink.CountSpoofed();
            return;
        }

        // Other stations' frames, which a card hands over when it cannot choose as finely.
        MacAddress destination = EthernetFrame.Destination(frame);
        if (destination.IsGroup || Find(destination) != null)
        {
            uplink.CountSent();
            Forward(uplink, frame);
        }
    }

    private void Forward(SwitchPort from, ReadOnlySpan<byte> frame)
    {
        MacAddress destination = EthernetFrame.Destination(frame);
        if (destination.IsGroup)
        {
            for (int i = 0; i < PortCount; i++)
            {
                Pass(from, _ports[i], frame);
            }

            Pass(from, Uplink, frame);
        }
        else
        {
            Pass(from, Find(destination) ?? Uplink, frame);
        }
    }

    // A frame never goes back to where it came from.
    private static void Pass(SwitchPort from, SwitchPort? to, ReadOnlySpan<byte> frame)
    {
        if (to != null && to != from && to.Queue.TryPut(from.Index, frame))
        {
            from.RaiseAttention();
        }
    }

    private SwitchPort? Find(MacAddress address)
    {
        for (int i = 0; i < PortCount; i++)
        {
            if (_ports[i].Address.Equals(address))
            {
                return _ports[i];
            }
        }

        return null;
    }

    // Every port has all the others as senders.
    private void ShareOut()
    {
        int senders = Math.Max(PortCount - 1 + (Uplink == null ? 0 : 1), 1);
        for (int i = 0; i < PortCount; i++)
        {
            _ports[i].Queue.Share = FrameQueue.Places / senders;
        }

        if (Uplink != null)
        {
            Uplink.Queue.Share = FrameQueue.Places / Math.Max(PortCount, 1);
        }
    }
}
