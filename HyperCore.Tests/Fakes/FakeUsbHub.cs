using System;

namespace HyperCore.Tests.Fakes;

/// <summary>A hub on a fake bus.</summary>
internal sealed class FakeUsbHub : FakeUsbDevice
{
    private const int Connected = 1 << 0;
    private const int Enabled = 1 << 1;
    private const int PowerUsb2 = 1 << 8;
    private const int PowerUsb3 = 1 << 9;

    private readonly FakeUsbDevice?[] _devices;
    private readonly int[] _status;
    private readonly int[] _change;

    public FakeUsbHub(int ports = 4, int speed = 1)
    {
        Speed = speed;
        MaxPacket0 = speed == 3 ? 64 : 8;
        _devices = new FakeUsbDevice?[ports];
        _status = new int[ports];
        _change = new int[ports];
        DeviceDescriptor = Device(0x4321, 0x0100, MaxPacket0, speed, deviceClass: 9);
        Configuration = Config(Interface(0, 9, 0, 0), Endpoint(0x81, 2, 12));
    }

    /// <summary>What SET_HUB_DEPTH said; -1 before.</summary>
    public int DepthTold { get; private set; } = -1;

    public override FakeXhci? Controller
    {
        get => base.Controller;
        set
        {
            base.Controller = value;
            foreach (FakeUsbDevice? device in _devices)
            {
                device?.Controller = value;
            }
        }
    }

    private bool IsUsb3 => Speed >= 4;

    private int Power => IsUsb3 ? PowerUsb3 : PowerUsb2;

    public void Plug(int port, FakeUsbDevice device)
    {
        device.Controller = Controller;
        _devices[port - 1] = device;
        Show(port - 1);
    }

    public void Unplug(int port)
    {
        _devices[port - 1]?.Unplugged();
        _devices[port - 1] = null;
        _status[port - 1] &= ~(Connected | Enabled);
        Change(port - 1, 1);
    }

    public override void Reset()
    {
        base.Reset();
        Array.Clear(_status);
        Array.Clear(_change);
    }

    public override void Unplugged()
    {
        base.Unplugged();
        foreach (FakeUsbDevice? device in _devices)
        {
            device?.Unplugged();
        }
    }

    /// <summary>The device on a port that is enabled.</summary>
    public FakeUsbDevice? Behind(int port) => port >= 1 && port <= _devices.Length && (_status[port - 1] & Enabled) != 0 ? _devices[port - 1] : null;

    protected override Answer Handle(int type, int request, int value, int index, out byte[] received)
    {
        int port = (index & 0xFF) - 1;
        bool isPort = port >= 0 && port < _devices.Length;
        received = [];
        switch ((type, request))
        {
            case (0xA0, 6) when value >> 8 == (IsUsb3 ? 0x2A : 0x29):
                received = IsUsb3 ? [12, 0x2A, (byte)_devices.Length, 0, 0, 10, 0, 0, 0, 0, 0, 0] : [9, 0x29, (byte)_devices.Length, 0x40, 0, 10, 0, 0, 0xFF];
                return Answer.Ok;
            case (0x20, 12) when IsUsb3:
                DepthTold = value;
                return Answer.Ok;
            case (0x23, 3) when isPort && value == 8:
                _status[port] |= Power;
                Controller!.Later(() => Show(port));
                return Answer.Ok;
            case (0x23, 3) when isPort && value == 4:
                if (_devices[port] is { } device && (_status[port] & Connected) != 0)
                {
                    device.Reset();
                    _status[port] |= Enabled;
                    Change(port, 1 << 4);
                }

                return Answer.Ok;
            case (0x23, 1) when isPort && value == 1:
                _status[port] &= ~Enabled;
                return Answer.Ok;
            case (0x23, 1) when isPort && value is >= 16 and <= 20:
                _change[port] &= ~(1 << (value - 16));
                return Answer.Ok;
            case (0x23, 1) when isPort && value is 25 or 26 or 29:
                return Answer.Ok;
            case (0xA3, 0) when isPort:
                received = [(byte)_status[port], (byte)(_status[port] >> 8), (byte)_change[port], (byte)(_change[port] >> 8)];
                return Answer.Ok;
            default:
                return base.Handle(type, request, value, index, out received);
        }
    }

    private void Show(int port)
    {
        if (_devices[port] is { } device && (_status[port] & Power) != 0 && (_status[port] & Connected) == 0)
        {
            _status[port] |= Connected | (IsUsb3 ? 0 : device.Speed == 2 ? 1 << 9 : device.Speed == 3 ? 1 << 10 : 0);
            Change(port, 1);
        }
    }

    private void Change(int port, int bits)
    {
        if ((_status[port] & Power) == 0)
        {
            return;
        }

        _change[port] |= bits;
        int bitmap = 1 << (port + 1);
        SendOn(0x81, (byte)bitmap, (byte)(bitmap >> 8));
    }
}
