using System;
using HyperCore.Core.Time;

namespace HyperCore.Core.Devices;

/// <summary>
/// What connects the local APICs and I/O APICs of one VM: it carries interrupt messages to the processors they are meant for, and EOIs of
/// level-triggered interrupts back to the I/O APICs (Intel SDM vol. 3A, 11.6.2 and 11.8.5).
/// </summary>
public sealed class ApicBus
{
    /// <summary>The most local APICs of one VM.</summary>
    public const int MaxLocalApics = 64;

    /// <summary>The most I/O APICs of one VM.</summary>
    public const int MaxIoApics = 4;

    private readonly LocalApic[] _localApics = new LocalApic[MaxLocalApics];
    private readonly IoApic[] _ioApics = new IoApic[MaxIoApics];
    private int _localApicCount;
    private int _ioApicCount;
    private int _lastChosen;
    private ulong _noted;

    /// <summary>Raised whenever a local APIC needs service.</summary>
    public AttentionFlag Attention { get; set; } = new();

    /// <summary>How many local APICs there are.</summary>
    public int LocalApicCount => _localApicCount;

    /// <summary>A local APIC, in the order in which they were built.</summary>
    public LocalApic this[int index] => _localApics[index];

    /// <summary>Delivers a message to every processor it is meant for.</summary>
    /// <returns>False when nobody accepted it.</returns>
    public bool Deliver(in InterruptMessage message)
    {
        if (message.DeliveryMode == DeliveryMode.LowestPriority)
        {
            return DeliverToLowestPriority(message);
        }

        bool accepted = false;
        for (int i = 0; i < _localApicCount; i++)
        {
            LocalApic apic = _localApics[i];
            if (apic.Matches(message.Destination, message.LogicalDestination))
            {
                accepted |= apic.Accept(message.DeliveryMode, message.Vector, message.LevelTriggered);
            }
        }

        return accepted;
    }

    /// <summary>Delivers a message signalled interrupt: a write of <paramref name="data"/> to <paramref name="address"/>.</summary>
    /// <returns>False when the address is not in the interrupt range or nobody accepted it.</returns>
    public bool DeliverMsi(ulong address, uint data) =>
        InterruptMessage.TryFromMsi(address, data, out InterruptMessage message) && Deliver(message);

    /// <summary>Tells the I/O APICs that a level-triggered interrupt was served.</summary>
    public void BroadcastEoi(byte vector)
    {
        for (int i = 0; i < _ioApicCount; i++)
        {
            _ioApics[i].EndOfInterrupt(vector);
        }
    }

    /// <summary>
    /// The local APICs that have something for their processors since the last call: bit N is the Nth. Whoever changed something looks here before
    /// the VM's lock is given back, and wakes their processors.
    /// </summary>
    public ulong TakeNoted()
    {
        ulong noted = _noted;
        _noted = 0;
        return noted;
    }

    internal void Note(int apic)
    {
        _noted |= 1ul << apic;
        Attention.IsRaised = true;
    }

    internal int Add(LocalApic apic)
    {
        if (_localApicCount == MaxLocalApics)
        {
            throw new InvalidOperationException("A VM has more local APICs than its bus connects.");
        }

        _localApics[_localApicCount] = apic;
        return _localApicCount++;
    }

    internal void Add(IoApic apic)
    {
        if (_ioApicCount == MaxIoApics)
        {
            throw new InvalidOperationException("A VM has more I/O APICs than its bus connects.");
        }

        _ioApics[_ioApicCount++] = apic;
    }

    /// <summary>Carries out what a processor wrote to its interrupt command register.</summary>
    internal void SendIpi(LocalApic sender, InterruptCommand command, uint destination)
    {
        DeliveryMode mode = command.DeliveryMode;
        switch (command.Shorthand)
        {
            case DestinationShorthand.None:
                // The trigger mode of an IPI counts only for INIT, so it is always an edge here (Intel SDM vol. 3A, 11.6.1).
                Deliver(new InterruptMessage(mode, command.Vector, destination, command.LogicalDestination, levelTriggered: false));
                break;

            case DestinationShorthand.Self:
                // Only fixed interrupts can go to oneself by shorthand (Intel SDM vol. 3A, table 11-4).
                if (mode == DeliveryMode.Fixed)
                {
                    sender.Accept(mode, command.Vector, levelTriggered: false);
                }

                break;

            case DestinationShorthand.AllIncludingSelf:
                if (mode == DeliveryMode.Fixed)
                {
                    Deliver(new InterruptMessage(mode, command.Vector, InterruptMessage.Broadcast, logicalDestination: false, levelTriggered: false));
                }

                break;

            default:
                DeliverToOthers(sender, mode, command.Vector);
                break;
        }
    }

    private void DeliverToOthers(LocalApic sender, DeliveryMode mode, byte vector)
    {
        for (int i = 0; i < _localApicCount; i++)
        {
            LocalApic apic = _localApics[i];
            if (!ReferenceEquals(apic, sender) && apic.IsGloballyEnabled)
            {
                apic.Accept(mode, vector, levelTriggered: false);
            }
        }
    }

    /// <summary>Among processors of equal priority the turn goes round, so that none takes everything.</summary>
    private bool DeliverToLowestPriority(in InterruptMessage message)
    {
        int chosen = -1;
        int lowest = int.MaxValue;
        for (int i = 1; i <= _localApicCount; i++)
        {
            int index = (_lastChosen + i) % _localApicCount;
            LocalApic apic = _localApics[index];
            if (apic.IsSoftwareEnabled && apic.Matches(message.Destination, message.LogicalDestination) && apic.ArbitrationPriority < lowest)
            {
                chosen = index;
                lowest = apic.ArbitrationPriority;
            }
        }

        if (chosen < 0)
        {
            return false;
        }

        _lastChosen = chosen;
        return _localApics[chosen].Accept(DeliveryMode.Fixed, message.Vector, message.LevelTriggered);
    }
}
