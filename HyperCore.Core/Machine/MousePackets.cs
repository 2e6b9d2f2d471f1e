using HyperCore.Core.Devices;

namespace HyperCore.Core.Machine;

/// <summary>Puts the bytes of a PS/2 mouse together to movements (3 bytes, or 4 with a wheel).</summary>
public sealed class MousePackets
{
    private const byte AlwaysOne = 0x08;
    private const byte SignX = 0x10;
    private const byte SignY = 0x20;
    private const byte Overflow = 0xC0;

    private readonly byte[] _packet = new byte[4];
    private readonly int _length;
    private int _count;

    // Who had the mouse when the packet began: nobody gets a packet that began with somebody else.
    private Ps2Mouse? _owner;

    /// <summary>Creates a decoder for packets of <paramref name="length"/> bytes.</summary>
    public MousePackets(int length) => _length = length;

    /// <summary>The buttons of this mouse that were down in the last packet.</summary>
    public byte Buttons { get; private set; }

    /// <summary>The buttons that other mice hold: a guest sees one mouse.</summary>
    public byte OtherButtons { get; set; }

    /// <summary>Takes a byte; a whole packet moves <paramref name="mouse"/>, which may be null when nobody has the mouse.</summary>
    public void Feed(byte value, Ps2Mouse? mouse)
    {
        // A first byte always has bit 3 set: that finds the start again after a lost byte.
        if (_count == 0)
        {
            if ((value & AlwaysOne) == 0)
            {
                return;
            }

            _owner = mouse;
        }

        _packet[_count++] = value;
        if (_count < _length)
        {
            return;
        }

        _count = 0;
        byte first = _packet[0];
        Buttons = (byte)(first & 7);
        if (mouse == null || mouse != _owner || (first & Overflow) != 0)
        {
            return;
        }

        int dx = _packet[1] - ((first & SignX) != 0 ? 256 : 0);
        int dy = _packet[2] - ((first & SignY) != 0 ? 256 : 0);
        int dz = _length == 4 ? (sbyte)_packet[3] : 0;
        mouse.Move(dx, dy, dz, (byte)(Buttons | OtherButtons));
    }

    /// <summary>Forgets an unfinished packet.</summary>
    public void Reset() => _count = 0;
}
