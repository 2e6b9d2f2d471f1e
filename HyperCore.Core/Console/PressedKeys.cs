using System.Numerics;

namespace HyperCore.Core.Console;

/// <summary>
/// The keys one VM has seen go down. When the keyboard is taken from it, it is told that they went up (or they would be stuck: the hotkey's own
/// Ctrl and Alt first of all); when it gets the keyboard back it is not told of releases it has no presses for.
/// </summary>
public sealed class PressedKeys
{
    private readonly ulong[] _down = new ulong[16];

    /// <summary>Asks whether the VM is to be told of this event, and notes that it was.</summary>
    public bool Accept(in KeyEvent keyEvent)
    {
        ref ulong word = ref _down[(keyEvent.Code >> 6) & 15];
        ulong bit = 1UL << (keyEvent.Code & 63);
        bool wasDown = (word & bit) != 0;
        if (keyEvent.Pressed)
        {
            // Pause sends its release with its press.
            word |= keyEvent.Code == ScanCode.Pause ? 0 : bit;
            return true;
        }

        word &= ~bit;
        return wasDown;
    }

    /// <summary>Takes one key that is down, as the event of its release.</summary>
    /// <returns>False when no key is down.</returns>
    public bool TryRelease(out KeyEvent release)
    {
        for (int i = 0; i < _down.Length; i++)
        {
            if (_down[i] != 0)
            {
                int bit = BitOperations.TrailingZeroCount(_down[i]);
                _down[i] &= _down[i] - 1;
                release = new KeyEvent((ushort)((i << 6) | bit), false, KeyModifiers.None);
                return true;
            }
        }

        release = default;
        return false;
    }

    /// <summary>Forgets all keys: the VM was reset.</summary>
    public void Clear()
    {
        for (int i = 0; i < _down.Length; i++)
        {
            _down[i] = 0;
        }
    }
}
