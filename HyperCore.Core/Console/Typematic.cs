using HyperCore.Core.Time;

namespace HyperCore.Core.Console;

/// <summary>
/// Repeats the key that was pressed last while it is held, as a PS/2 keyboard does by itself (IBM PS/2 Hardware Interface Technical Reference,
/// "Set Typematic Rate/Delay"). For keyboards that do not: those on USB.
/// </summary>
public sealed class Typematic
{
    /// <summary>The setting after power-on: 500 ms, then 10.9 a second.</summary>
    public const byte DefaultSetting = 0x2B;

    private const ulong DelayUnit = 250_000_000;

    // 1/240 s.
    private const ulong PeriodUnit = 4_166_667;

    private ushort _code;

    /// <summary>When the key repeats next; <see cref="VirtualTimer.Never"/> when none does.</summary>
    public ulong Deadline { get; private set; } = VirtualTimer.Never;

    /// <summary>Time from the press to the first repetition, in nanoseconds.</summary>
    /// <param name="setting">The parameter of the keyboard's command F3h.</param>
    public static ulong DelayOf(byte setting) => ((ulong)((setting >> 5) & 3) + 1) * DelayUnit;

    /// <summary>Time from one repetition to the next, in nanoseconds.</summary>
    /// <param name="setting">The parameter of the keyboard's command F3h.</param>
    public static ulong PeriodOf(byte setting) => ((8 + (ulong)(setting & 7)) << ((setting >> 3) & 3)) * PeriodUnit;

    /// <summary>A key went down or up.</summary>
    /// <param name="code">The key.</param>
    /// <param name="pressed">Down.</param>
    /// <param name="now">The time, in nanoseconds of the clock.</param>
    /// <param name="setting">The keyboard's setting.</param>
    public void Feed(ushort code, bool pressed, ulong now, byte setting)
    {
        if (pressed && code != ScanCode.Pause)
        {
            _code = code;
            Deadline = now + DelayOf(setting);
        }
        else if (code == _code || pressed)
        {
            Stop();
        }
    }

    /// <summary>Nothing repeats until a key is pressed: whoever saw it pressed does not have the keyboard any more.</summary>
    public void Stop()
    {
        _code = 0;
        Deadline = VirtualTimer.Never;
    }

    /// <summary>Takes the repetition that is due.</summary>
    /// <returns>False when none is. After a long pause there is one, not many.</returns>
    public bool TryTake(ulong now, byte setting, out ushort code)
    {
        code = _code;
        if (now < Deadline)
        {
            return false;
        }

        Deadline = now + PeriodOf(setting);
        return true;
    }
}
