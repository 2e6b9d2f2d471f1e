namespace HyperCore.Core.Usb;

/// <summary>
/// Takes what keyboards and mice do. Every press is followed by a release from the same source, also when the device is unplugged; nothing repeats by
/// itself.
/// </summary>
public abstract class HidSink
{
    /// <summary>A key went down or up.</summary>
    /// <param name="source">The keyboard, from 1 on.</param>
    /// <param name="code">The key, see <see cref="Console.ScanCode"/>.</param>
    /// <param name="pressed">Down.</param>
    public abstract void Key(int source, ushort code, bool pressed);

    /// <summary>A mouse moved, or a button did. Signs are those of PS/2: up and, for the wheel, towards the user are positive.</summary>
    /// <param name="source">The mouse, from 1 on.</param>
    /// <param name="dx">Counts to the right.</param>
    /// <param name="dy">Counts up.</param>
    /// <param name="dz">Wheel steps.</param>
    /// <param name="buttons">The buttons that are down now: bit 0 left, 1 right, 2 middle, 3 and 4 the others.</param>
    public abstract void Mouse(int source, int dx, int dy, int dz, byte buttons);
}
