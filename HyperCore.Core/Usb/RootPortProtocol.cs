namespace HyperCore.Core.Usb;

/// <summary>What a Supported Protocol capability says of some ports (xHCI 1.2, 7.2).</summary>
internal sealed class RootPortProtocol
{
    private const int SpeedIds = 16;
    private const ulong MegabitsForSuper = 1000;

    private readonly UsbSpeed[] _speeds = new UsbSpeed[SpeedIds];

    public RootPortProtocol(bool isUsb3, int slotType)
    {
        IsUsb3 = isUsb3;
        SlotType = slotType;
        for (int i = (int)UsbSpeed.Full; i <= (int)UsbSpeed.SuperPlus; i++)
        {
            _speeds[i] = (UsbSpeed)i;
        }
    }

    public bool IsUsb3 { get; }

    public int SlotType { get; }

    public UsbSpeed SpeedOf(uint speedId) => _speeds[speedId & (SpeedIds - 1)];

    /// <summary>Takes a Protocol Speed ID, which gives a number another meaning than the default.</summary>
    public void Define(uint speedId)
    {
        ulong rate = speedId >> 16;
        int exponent = (int)(speedId >> 4) & 3;
        for (int i = 0; i < exponent; i++)
        {
            rate *= 1000;
        }

        _speeds[speedId & (SpeedIds - 1)] = rate switch
        {
            0 => UsbSpeed.Unknown,
            < 12_000_000 => UsbSpeed.Low,
            < 480_000_000 => UsbSpeed.Full,
            < MegabitsForSuper * 1_000_000 => UsbSpeed.High,
            _ => IsUsb3 ? UsbSpeed.Super : UsbSpeed.High,
        };
    }
}
