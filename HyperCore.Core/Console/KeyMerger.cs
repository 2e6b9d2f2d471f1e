namespace HyperCore.Core.Console;

/// <summary>
/// Makes one keyboard of several: a key is down as long as one of them holds it, and the modifiers of one count for the keys of another.
/// </summary>
public sealed class KeyMerger
{
    /// <summary>The source of the PS/2 keyboard.</summary>
    public const int Ps2 = 0;

    /// <summary>Sources are numbered from 0 to this.</summary>
    public const int MaxSource = 31;

    private const int CodeCount = 1024;

    // By code: a bit for each source that holds the key.
    private readonly uint[] _holders = new uint[CodeCount];

    /// <summary>The modifiers that are down.</summary>
    public KeyModifiers Modifiers =>
        Either(ScanCode.LeftCtrl, ScanCode.RightCtrl, KeyModifiers.Ctrl)
        | Either(ScanCode.LeftAlt, ScanCode.RightAlt, KeyModifiers.Alt)
        | Either(ScanCode.LeftShift, ScanCode.RightShift, KeyModifiers.Shift)
        | Either(ScanCode.LeftMeta, ScanCode.RightMeta, KeyModifiers.Meta);

    /// <summary>A key of one keyboard went down, repeats, or went up.</summary>
    /// <param name="source">The keyboard.</param>
    /// <param name="code">The key, see <see cref="ScanCode"/>.</param>
    /// <param name="pressed">Down, for the first time or again.</param>
    /// <param name="keyEvent">What that is to the one keyboard.</param>
    /// <returns>False when it is nothing: another keyboard still holds the key.</returns>
    public bool Feed(int source, ushort code, bool pressed, out KeyEvent keyEvent)
    {
        ref uint holders = ref _holders[code & (CodeCount - 1)];
        uint bit = 1u << (source & MaxSource);
        holders = pressed ? holders | bit : holders & ~bit;
        keyEvent = new KeyEvent(code, pressed, Modifiers);
        return pressed || holders == 0;
    }

    private KeyModifiers Either(ushort left, ushort right, KeyModifiers modifier) =>
        (_holders[left] | _holders[right]) != 0 ? modifier : KeyModifiers.None;
}
