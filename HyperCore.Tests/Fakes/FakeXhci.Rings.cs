using System;

namespace HyperCore.Tests.Fakes;

/// <content>Commands, contexts and transfers.</content>
internal sealed partial class FakeXhci
{
    private const int Success = 1;
    private const int TransactionError = 4;
    private const int TrbError = 5;
    private const int StallError = 6;
    private const int Babble = 3;
    private const int NoSlots = 9;
    private const int ShortPacket = 13;
    private const int ContextStateError = 19;

    private readonly Slot?[] _slots = new Slot?[17];

    private enum EndpointState
    {
        Disabled,
        Running,
        Halted,
        Stopped,
    }

    /// <summary>Slots in use.</summary>
    public int SlotsInUse => Array.FindAll(_slots, slot => slot != null).Length;

    private int ContextSize => LargeContexts ? 64 : 32;

    /// <summary>What the driver said of a device: the three first words of its slot context.</summary>
    public uint[] SlotContext(FakeUsbDevice device) => Array.Find(_slots, slot => slot?.Device == device)!.Context;

    /// <summary>What the driver said of an endpoint: the first two words of its context.</summary>
    public uint[] EndpointContext(FakeUsbDevice device, int index) => Array.Find(_slots, slot => slot?.Device == device)!.Endpoints[index].Context;

    /// <summary>A device has something to send.</summary>
    public void Serve(FakeUsbDevice device)
    {
        for (int slot = 1; slot < _slots.Length; slot++)
        {
            if (_slots[slot] is { } entry && entry.Device == device)
            {
                for (int endpoint = 2; endpoint < 32; endpoint++)
                {
                    ServeInterrupt(slot, entry, endpoint);
                }
            }
        }
    }

    private void Ring(int slot, int endpoint)
    {
        if (!IsRunning)
        {
            Violations.Add("doorbell while halted");
        }
        else if (slot == 0)
        {
            RunCommands();
        }
        else if (slot >= _slots.Length || _slots[slot] is not { } entry || entry.Endpoints[endpoint].State == EndpointState.Disabled)
        {
            Violations.Add($"doorbell of slot {slot}, endpoint {endpoint}, which is off");
        }
        else
        {
            Endpoint target = entry.Endpoints[endpoint];
            if (target.State == EndpointState.Stopped)
            {
                target.State = EndpointState.Running;
            }

            if (endpoint == 1)
            {
                RunControl(slot, entry);
            }
            else
            {
                ServeInterrupt(slot, entry, endpoint);
            }
        }
    }

    private bool TryFetch(ref ulong ring, ref uint cycle, out ulong address, out ulong parameter, out uint status, out uint control)
    {
        while (true)
        {
            address = ring;
            parameter = Memory.Read64(ring);
            status = Memory.Read32(ring + 8);
            control = Memory.Read32(ring + 12);
            if ((control & 1) != cycle)
            {
                return false;
            }

            ring += 16;
            if (((control >> 10) & 0x3F) != 6)
            {
                return true;
            }

            cycle ^= (control >> 1) & 1;
            ring = parameter & ~0xFul;
        }
    }

    private void RunCommands()
    {
        while (TryFetch(ref _commandRing, ref _commandCycle, out ulong address, out ulong parameter, out _, out uint control))
        {
            int type = (int)(control >> 10) & 0x3F;
            if (Swallows?.Invoke(type) == true)
            {
                continue;
            }

            int slot = (int)(control >> 24);
            int endpoint = (int)(control >> 16) & 0x1F;
            int code = type == 9 ? EnableSlot(out slot) : slot == 0 || slot >= _slots.Length || _slots[slot] == null ? 11 : Execute(type, slot, endpoint, parameter);
            AddEvent(address, (uint)code << 24, (33u << 10) | ((uint)slot << 24));
        }
    }

    private int EnableSlot(out int slot)
    {
        for (slot = 1; slot < _slots.Length && slot <= _configure; slot++)
        {
            if (_slots[slot] == null)
            {
                _slots[slot] = new Slot();
                return Success;
            }
        }

        slot = 0;
        return NoSlots;
    }

    private int Execute(int type, int slot, int endpoint, ulong parameter)
    {
        Slot entry = _slots[slot]!;
        switch (type)
        {
            case 10:
                _slots[slot] = null;
                return Success;
            case 11:
                return AddressDevice(slot, entry, parameter);
            case 12 or 13:
                return Configure(entry, parameter, isEvaluate: type == 13);
            case 14:
                return Change(entry.Endpoints[endpoint], EndpointState.Halted);
            case 15:
                return Change(entry.Endpoints[endpoint], EndpointState.Running);
            case 16:
                if (entry.Endpoints[endpoint].State != EndpointState.Stopped)
                {
                    return ContextStateError;
                }

                entry.Endpoints[endpoint].Point(parameter);
                return Success;
            default:
                return TrbError;
        }
    }

    private static int Change(Endpoint endpoint, EndpointState from)
    {
        if (endpoint.State != from)
        {
            return ContextStateError;
        }

        endpoint.State = EndpointState.Stopped;
        endpoint.Pending = 0;
        return Success;
    }

    private int AddressDevice(int slot, Slot entry, ulong input)
    {
        ReadSlotContext(entry, input);
        uint flags = Memory.Read32(input + 4);
        if (flags != 3 || Memory.Read64(_contextArray + ((ulong)slot * 8)) == 0)
        {
            Violations.Add("Address Device without contexts");
            return TrbError;
        }

        FakeUsbDevice? device = Find(entry.Context);
        if (device is not { IsDefault: true, Address: 0 })
        {
            return TransactionError;
        }

        for (int i = 1; i < _slots.Length; i++)
        {
            if (_slots[i]?.Device == device)
            {
                Violations.Add("a device with two slots");
            }
        }

        CheckTranslator(entry.Context, device);
        device.Address = slot;
        entry.Device = device;
        ReadEndpointContext(entry, input, 1);
        entry.Endpoints[1].State = EndpointState.Running;

        // The controller writes to the device context, and so proves that there is one.
        Memory.Write32(Memory.Read64(_contextArray + ((ulong)slot * 8)) + 12, (uint)slot | (2u << 27));
        return Success;
    }

    private int Configure(Slot entry, ulong input, bool isEvaluate)
    {
        uint flags = Memory.Read32(input + 4);
        if ((flags & 1) != 0)
        {
            ReadSlotContext(entry, input);
        }
        else if (!isEvaluate)
        {
            Violations.Add("Configure Endpoint without a slot context");
            return TrbError;
        }

        for (int i = isEvaluate ? 1 : 2; i < 32; i++)
        {
            if ((flags >> i & 1) != 0)
            {
                ReadEndpointContext(entry, input, i);
                entry.Endpoints[i].State = EndpointState.Running;
                if (!isEvaluate && entry.Context[0] >> 27 < i)
                {
                    Violations.Add("too few context entries");
                }
            }
        }

        return Success;
    }

    private void ReadSlotContext(Slot entry, ulong input)
    {
        for (int i = 0; i < 3; i++)
        {
            entry.Context[i] = Memory.Read32(input + (ulong)ContextSize + ((ulong)i * 4));
        }
    }

    private void ReadEndpointContext(Slot entry, ulong input, int index)
    {
        ulong at = input + ((ulong)(index + 1) * (ulong)ContextSize);
        Endpoint endpoint = entry.Endpoints[index];
        endpoint.Context[0] = Memory.Read32(at);
        endpoint.Context[1] = Memory.Read32(at + 4);
        if (endpoint.State == EndpointState.Disabled)
        {
            endpoint.Point(Memory.Read64(at + 8));
        }
    }

    private FakeUsbDevice? Find(uint[] context)
    {
        uint root = (context[1] >> 16) & 0xFF;
        if (root == 0 || root > Ports.Length || !Ports[root - 1].IsEnabled)
        {
            return null;
        }

        FakeUsbDevice? device = Ports[root - 1].Device;
        for (uint route = context[0] & 0xFFFFF; route != 0; route >>= 4)
        {
            device = (device as FakeUsbHub)?.Behind((int)route & 0xF);
        }

        return device;
    }

    // A slow device behind a fast hub cannot be reached without its translator.
    private void CheckTranslator(uint[] context, FakeUsbDevice device)
    {
        FakeUsbDevice? above = Ports[((context[1] >> 16) & 0xFF) - 1].Device;
        FakeUsbDevice? translator = null;
        uint port = 0;
        for (uint route = context[0] & 0xFFFFF; route != 0; route >>= 4)
        {
            if (above is { Speed: 3 })
            {
                translator = above;
                port = route & 0xF;
            }

            above = (above as FakeUsbHub)?.Behind((int)route & 0xF);
        }

        bool needs = translator != null && device.Speed is 1 or 2;
        uint expected = needs ? (uint)translator!.Address | (port << 8) : 0;
        if ((context[2] & 0xFFFF) != expected)
        {
            Violations.Add($"translator {context[2]:x} instead of {expected:x}");
        }

        if (((context[0] >> 20) & 0xF) != device.Speed)
        {
            Violations.Add($"speed {(context[0] >> 20) & 0xF} instead of {device.Speed}");
        }
    }

    private void RunControl(int slot, Slot entry)
    {
        Endpoint endpoint = entry.Endpoints[1];
        while (endpoint.State == EndpointState.Running && TryFetch(ref endpoint.Ring, ref endpoint.Cycle, out _, out ulong setup, out _, out uint control))
        {
            if (((control >> 10) & 0x3F) != 2 || (control & 0x40) == 0)
            {
                Violations.Add("a control transfer without a setup stage");
                return;
            }

            ulong dataAt = 0;
            ulong dataTrb = 0;
            uint length = 0;
            uint dataControl = 0;
            ulong statusTrb;
            while (true)
            {
                if (!TryFetch(ref endpoint.Ring, ref endpoint.Cycle, out ulong address, out ulong parameter, out uint status, out uint next))
                {
                    Violations.Add("a control transfer without a status stage");
                    return;
                }

                if (((next >> 10) & 0x3F) == 4)
                {
                    statusTrb = address;
                    break;
                }

                (dataTrb, dataAt, length, dataControl) = (address, parameter, status & 0x1FFFF, next);
            }

            if (!Transfer(slot, entry, BitConverter.GetBytes(setup), dataTrb, dataAt, length, dataControl, statusTrb))
            {
                return;
            }
        }
    }

    private bool Transfer(int slot, Slot entry, byte[] setup, ulong dataTrb, ulong dataAt, uint length, uint dataControl, ulong statusTrb)
    {
        Endpoint endpoint = entry.Endpoints[1];
        bool isIn = (setup[0] & 0x80) != 0;
        FakeUsbDevice device = entry.Device!;
        byte[] sent = length != 0 && !isIn ? Memory.At(dataAt, (int)length).ToArray() : [];
        byte[] received = [];
        FakeUsbDevice.Answer answer = device.IsDefault && Find(entry.Context) == device ? device.Control(setup, sent, out received) : FakeUsbDevice.Answer.Error;
        if (answer == FakeUsbDevice.Answer.Silence)
        {
            endpoint.Pending = statusTrb;
            return false;
        }

        // The wrong packet size goes well as long as everything fits the smallest.
        bool tooLarge = (endpoint.Context[1] >> 16) != (device.Speed >= 4 ? 512 : (uint)device.MaxPacket0) && Math.Min(received.Length, (int)length) > 8;
        if (answer != FakeUsbDevice.Answer.Ok || tooLarge)
        {
            endpoint.State = EndpointState.Halted;
            int code = tooLarge ? Babble : answer == FakeUsbDevice.Answer.Stall ? StallError : TransactionError;
            AddEvent(dataTrb != 0 ? dataTrb : statusTrb, ((uint)code << 24) | length, (32u << 10) | (1 << 16) | ((uint)slot << 24));
            return false;
        }

        int count = Math.Min(received.Length, (int)length);
        received.AsSpan(0, count).CopyTo(length != 0 && isIn ? Memory.At(dataAt, (int)length) : default);
        if (isIn && count < length && (dataControl & 4) != 0)
        {
            AddEvent(dataTrb, ((uint)ShortPacket << 24) | (length - (uint)count), (32u << 10) | (1 << 16) | ((uint)slot << 24));
        }

        AddEvent(statusTrb, (uint)Success << 24, (32u << 10) | (1 << 16) | ((uint)slot << 24));
        return true;
    }

    private void ServeInterrupt(int slot, Slot entry, int index)
    {
        Endpoint endpoint = entry.Endpoints[index];
        int address = (index / 2) | ((index & 1) << 7);
        while (endpoint.State == EndpointState.Running)
        {
            ulong ring = endpoint.Ring;
            uint cycle = endpoint.Cycle;
            if (!TryFetch(ref ring, ref cycle, out ulong trb, out ulong buffer, out uint status, out _))
            {
                return;
            }

            FakeUsbDevice.Answer answer = entry.Device!.TakeReport(address, out byte[] report);
            if (answer == FakeUsbDevice.Answer.Silence)
            {
                return;
            }

            endpoint.Ring = ring;
            endpoint.Cycle = cycle;
            uint length = status & 0x1FFFF;
            int code = Success;
            uint residual = length;
            if (answer == FakeUsbDevice.Answer.Ok && report.Length <= length)
            {
                report.CopyTo(Memory.At(buffer, (int)length));
                residual = length - (uint)report.Length;
                code = residual != 0 ? ShortPacket : Success;
            }
            else
            {
                endpoint.State = EndpointState.Halted;
                code = answer == FakeUsbDevice.Answer.Ok ? Babble : answer == FakeUsbDevice.Answer.Stall ? StallError : TransactionError;
            }

            AddEvent(trb, ((uint)code << 24) | residual, (32u << 10) | ((uint)index << 16) | ((uint)slot << 24));
        }
    }

    private sealed class Slot
    {
        public Slot()
        {
            for (int i = 0; i < Endpoints.Length; i++)
            {
                Endpoints[i] = new Endpoint();
            }
        }

        public FakeUsbDevice? Device { get; set; }

        public uint[] Context { get; } = new uint[3];

        public Endpoint[] Endpoints { get; } = new Endpoint[32];
    }

    private sealed class Endpoint
    {
        public ulong Ring;
        public uint Cycle;
        public ulong Pending;

        public EndpointState State { get; set; }

        public uint[] Context { get; } = new uint[2];

        public void Point(ulong dequeuePointer)
        {
            Ring = dequeuePointer & ~0xFul;
            Cycle = (uint)dequeuePointer & 1;
        }
    }
}
