using System;
using System.Collections.Generic;

namespace HyperCore.Tests.Fakes;

/// <summary>A device on a fake bus. Speeds are numbers as xHCI has them: 1 full, 2 low, 3 high, 4 super.</summary>
internal class FakeUsbDevice
{
    /// <summary>How a request or a look at an endpoint ends.</summary>
    internal enum Answer
    {
        Ok,
        Stall,
        Error,
        Silence,
    }

    private readonly Dictionary<int, Queue<byte[]>> _reports = [];

    public int Speed { get; init; } = 1;

    public int MaxPacket0 { get; init; } = 8;

    public byte[] DeviceDescriptor { get; set; } = [];

    public byte[] Configuration { get; set; } = [];

    /// <summary>Requests so far: <c>80 06 0100 0000 12</c>, with data to the device behind.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>What ends differently: gets the request as in <see cref="Requests"/>.</summary>
    public Func<string, Answer>? OnRequest { get; set; }

    /// <summary>What every look at an interrupt endpoint ends in, once there is something to send.</summary>
    public Answer OnInterrupt { get; set; }

    public HashSet<int> Halted { get; } = [];

    public bool IsDefault { get; private set; }

    public int Address { get; set; }

    public virtual FakeXhci? Controller { get; set; }

    /// <summary>Reports on their way.</summary>
    public int Waiting(int endpoint) => _reports.TryGetValue(endpoint, out Queue<byte[]>? queue) ? queue.Count : 0;

    public static FakeUsbDevice Keyboard(int speed = 1, int maxPacket0 = 8) => new()
    {
        Speed = speed,
        MaxPacket0 = maxPacket0,
        DeviceDescriptor = Device(0x1234, 0x0001, maxPacket0, speed),
        Configuration = Config(Interface(0, 3, 1, 1), Hid, Endpoint(0x81, 8, 10)),
    };

    public static FakeUsbDevice Mouse(int speed = 1) => new()
    {
        Speed = speed,
        DeviceDescriptor = Device(0x1234, 0x0002, 8, speed),
        Configuration = Config(Interface(0, 3, 1, 2), Hid, Endpoint(0x81, 4, 10)),
    };

    public static byte[] Device(ushort vendor, ushort product, int maxPacket0, int speed, byte deviceClass = 0) =>
    [
        18, 1, 0x00, 0x02, deviceClass, 0, 0, speed >= 4 ? (byte)9 : (byte)maxPacket0,
        (byte)vendor, (byte)(vendor >> 8), (byte)product, (byte)(product >> 8), 0, 1, 0, 0, 0, 1,
    ];

    public static byte[] Config(params byte[][] parts)
    {
        var bytes = new List<byte> { 9, 2, 0, 0, 1, 1, 0, 0xA0, 50 };
        foreach (byte[] part in parts)
        {
            bytes.AddRange(part);
        }

        bytes[2] = (byte)bytes.Count;
        bytes[3] = (byte)(bytes.Count >> 8);
        return [.. bytes];
    }

    public static byte[] Interface(byte number, byte interfaceClass, byte subclass, byte protocol, byte setting = 0) =>
        [9, 4, number, setting, 1, interfaceClass, subclass, protocol, 0];

    public static byte[] Hid => [9, 0x21, 0x11, 0x01, 0, 1, 0x22, 63, 0];

    public static byte[] Endpoint(byte address, ushort maxPacket, byte interval) => [7, 5, address, 3, (byte)maxPacket, (byte)(maxPacket >> 8), interval];

    /// <summary>The bus is reset.</summary>
    public virtual void Reset()
    {
        IsDefault = true;
        Address = 0;
        Halted.Clear();
        _reports.Clear();
    }

    public virtual void Unplugged() => IsDefault = false;

    /// <summary>Sends a report.</summary>
    public void Send(params byte[] report) => SendOn(0x81, report);

    public void SendOn(int endpoint, params byte[] report)
    {
        if (!_reports.TryGetValue(endpoint, out Queue<byte[]>? queue))
        {
            _reports[endpoint] = queue = new Queue<byte[]>();
        }

        queue.Enqueue(report);
        Controller?.Serve(this);
    }

    public Answer TakeReport(int endpoint, out byte[] report)
    {
        report = [];
        if (Halted.Contains(endpoint))
        {
            return Answer.Stall;
        }

        if (Waiting(endpoint) == 0)
        {
            return Answer.Silence;
        }

        if (OnInterrupt == Answer.Ok)
        {
            report = _reports[endpoint].Dequeue();
        }
        else if (OnInterrupt == Answer.Stall)
        {
            Halted.Add(endpoint);
        }

        return OnInterrupt;
    }

    public Answer Control(byte[] setup, byte[] sent, out byte[] received)
    {
        received = [];
        string name = $"{setup[0]:X2} {setup[1]:X2} {setup[3]:X2}{setup[2]:X2} {setup[5]:X2}{setup[4]:X2} {setup[6] | (setup[7] << 8):X2}";
        name += sent.Length == 0 ? "" : " " + Convert.ToHexString(sent);
        Requests.Add(name);
        Answer answer = OnRequest == null ? Answer.Ok : OnRequest(name);
        return answer == Answer.Ok ? Handle(setup[0], setup[1], setup[2] | (setup[3] << 8), setup[4] | (setup[5] << 8), out received) : answer;
    }

    protected virtual Answer Handle(int type, int request, int value, int index, out byte[] received)
    {
        received = [];
        switch ((type, request))
        {
            case (0x80, 6) when value >> 8 == 1:
                received = DeviceDescriptor;
                return Answer.Ok;
            case (0x80, 6) when value >> 8 == 2:
                received = Configuration;
                return Answer.Ok;
            case (0x00, 9):
            case (0x21, 0x09 or 0x0A or 0x0B):
                return Answer.Ok;
            case (0x02, 1) when value == 0:
                Halted.Remove(index);
                return Answer.Ok;
            default:
                return Answer.Stall;
        }
    }
}
