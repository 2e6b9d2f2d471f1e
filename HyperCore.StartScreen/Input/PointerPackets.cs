using System;

namespace HyperCore.StartScreen.Input;

/// <summary>Follows the mouse by what /dev/input/mice sends: PS/2 packets of three bytes.</summary>
/// <param name="width">Pixels of the screen.</param>
/// <param name="height">Rows of the screen.</param>
internal sealed class PointerPackets(int width, int height)
{
    private const byte LeftButton = 1 << 0;
    private const byte AlwaysOne = 1 << 3;
    private const byte SignX = 1 << 4;
    private const byte SignY = 1 << 5;

    private readonly byte[] _packet = new byte[3];
    private int _count;
    private bool _pressed;

    /// <summary>Where it points to.</summary>
    public int X { get; private set; } = width / 2;

    /// <summary>Where it points to.</summary>
    public int Y { get; private set; } = height / 2;

    /// <summary>It was moved or clicked since the start screen came up: it is shown.</summary>
    public bool IsUsed { get; private set; }

    /// <summary>Takes the next byte.</summary>
    /// <returns>True when the left button went down.</returns>
    public bool Feed(byte value)
    {
        if (_count == 0 && (value & AlwaysOne) == 0)
        {
            return false;
        }

        _packet[_count++] = value;
        if (_count < _packet.Length)
        {
            return false;
        }

        _count = 0;
        int dx = _packet[1] - ((_packet[0] & SignX) != 0 ? 256 : 0);
        int dy = _packet[2] - ((_packet[0] & SignY) != 0 ? 256 : 0);
        X = Math.Clamp(X + dx, 0, width - 1);
        Y = Math.Clamp(Y - dy, 0, height - 1);
        IsUsed = true;
        bool pressed = (_packet[0] & LeftButton) != 0;
        bool clicked = pressed && !_pressed;
        _pressed = pressed;
        return clicked;
    }

    /// <summary>Somebody else had the mouse: a packet may have begun elsewhere, and a button may be up again.</summary>
    public void Restart()
    {
        _count = 0;
        _pressed = false;
    }
}
