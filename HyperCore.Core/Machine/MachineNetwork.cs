using System;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Memory;
using HyperCore.Core.Network;
using HyperCore.Core.Time;
using HyperCore.Core.Virtio;

namespace HyperCore.Core.Machine;

/// <summary>The network of the machine: the switch, the uplink, and the console processor's share of the work, which is to carry frames to VMs.</summary>
public sealed unsafe class MachineNetwork
{
    private readonly FrameAllocator _memory;
    private readonly Clock _clock;
    private readonly Log _log;
    private readonly ulong[] _toldSpoofed = new ulong[VirtualSwitch.MaxPorts];
    private VirtualMachine[] _machines = [];

    /// <summary>Creates a switch without ports.</summary>
    /// <param name="memory">Where memory for frames is taken from, at start-up.</param>
    /// <param name="clock">The machine's clock.</param>
    /// <param name="log">The log.</param>
    public MachineNetwork(FrameAllocator memory, Clock clock, Log log)
    {
        _memory = memory;
        _clock = clock;
        _log = log;
    }

    /// <summary>The switch.</summary>
    public VirtualSwitch Switch { get; } = new();

    /// <summary>The way out; null without one.</summary>
    public Uplink? Uplink { get; private set; }

    /// <summary>Why there is no way out, for people.</summary>
    public string WhyNoUplink { get; set; } = "";

    /// <summary>Connects the uplink, before any VM is built.</summary>
    /// <param name="card">The network card.</param>
    /// <param name="hasInterrupt">It can interrupt.</param>
    /// <returns>False when there is no memory.</returns>
    public bool TryConnect(NetworkCard card, bool hasInterrupt)
    {
        if (!TryTake(out byte* memory))
        {
            return false;
        }

        Switch.AddUplink(card.Address, memory);
        Uplink = new Uplink(card, Switch, _clock, _log, hasInterrupt);
        return true;
    }

    /// <summary>Adds a port for a VM.</summary>
    /// <returns>Null when there is no memory: the VM then has no network card.</returns>
    public SwitchPort? TryAddPort(string name)
    {
        if (TryTake(out byte* memory))
        {
            return Switch.Add(name, memory);
        }

        _log.Write(LogLevel.Error, $"network: {name} gets no network card: there is no memory for its frames");
        return null;
    }

    /// <summary>All VMs are built: begins to bring the uplink up.</summary>
    public void Start(VirtualMachine[] machines)
    {
        _machines = machines;
        Uplink?.Start();
    }

    /// <summary>One turn of the console processor.</summary>
    /// <returns>When it wants to be called again without having been interrupted, nanoseconds.</returns>
    public ulong Run()
    {
        ulong deadline = Uplink?.Run() ?? VirtualTimer.Never;
        for (int i = 0; i < _machines.Length; i++)
        {
            if (_machines[i].Virtio.Network is not { } card)
            {
                continue;
            }

            if (card.Port.Queue.Count > 0)
            {
                Deliver(_machines[i], card);
            }

            TellSpoofed(card.Port);
        }

        return deadline;
    }

    private static void Deliver(VirtualMachine machine, VirtioNet card)
    {
        machine.Enter();
        card.Deliver();
        machine.Leave();
    }

    // Once, and then each time there are twice as many: a VM that sends nothing else does not fill the log.
    private void TellSpoofed(SwitchPort port)
    {
        ulong count = port.Spoofed;
        if (count != 0 && count >= _toldSpoofed[port.Index] * 2)
        {
            _toldSpoofed[port.Index] = count;
            Span<char> buffer = stackalloc char[24];
            var address = new TextBuilder(buffer);
            port.Address.AppendTo(ref address);
            _log.Write(LogLevel.Warning, $"network: {port.Name} sends with an address that is not its own, which is {address.Text}: {count} frames dropped");
        }
    }

    private bool TryTake(out byte* memory)
    {
        bool taken = _memory.TryAllocateContiguous(SwitchPort.MemorySize, FrameAllocator.FrameSize, ulong.MaxValue, FrameOwner.HyperCore, out ulong address);
        memory = (byte*)address;
        return taken;
    }
}
