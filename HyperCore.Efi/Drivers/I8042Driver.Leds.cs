using HyperCore.Efi.Cpu;

namespace HyperCore.Efi.Drivers;

/// <content>The keyboard's lights: command EDh and its parameter, each of which the keyboard acknowledges, without waiting for it.</content>
public sealed partial class I8042Driver
{
    private const int MaxLedAttempts = 3;

    // Three attempts with two bytes of a few milliseconds each.
    private const ulong LedTimeout = 100 * Millisecond;

    private LedStep _ledStep;
    private int _ledAttempts;
    private byte _leds;
    private bool _ledsAreNew;
    private ulong _ledLimit;

    private enum LedStep : byte
    {
        Idle,
        Command,
        Parameter,
    }

    /// <summary>Has the keyboard show its lights: bit 0 Scroll Lock, 1 Num Lock, 2 Caps Lock. A keyboard that does not take them keeps its old ones.</summary>
    public void SetLeds(byte leds)
    {
        if (!IsPresent || !HasKeyboard)
        {
            return;
        }

        _leds = (byte)(leds & 7);
        if (_ledStep != LedStep.Idle && _clock.Now < _ledLimit)
        {
            // Those under way are followed by these.
            _ledsAreNew = true;
            return;
        }

        _ledAttempts = 0;
        SendLeds(KeyboardSetLeds, LedStep.Command);
    }

    /// <summary>Takes a byte that answers the command.</summary>
    /// <returns>False when it is a key.</returns>
    private bool TakeLedAnswer(byte value)
    {
        if (_ledStep == LedStep.Idle || value is not (Acknowledge or Resend) || _clock.Now >= _ledLimit)
        {
            return false;
        }

        if (value == Resend)
        {
            _ledStep = LedStep.Idle;
            if (++_ledAttempts < MaxLedAttempts)
            {
                SendLeds(KeyboardSetLeds, LedStep.Command);
            }
        }
        else if (_ledStep == LedStep.Command)
        {
            _ledsAreNew = false;
            SendLeds(_leds, LedStep.Parameter);
        }
        else
        {
            _ledStep = LedStep.Idle;
            if (_ledsAreNew)
            {
                SendLeds(KeyboardSetLeds, LedStep.Command);
            }
        }

        return true;
    }

    private void SendLeds(byte value, LedStep step)
    {
        // The controller takes a byte in well under a millisecond; when it is busy for longer the lights are not worth waiting for.
        if ((Intrinsics.In8(CommandPort) & StatusInputFull) != 0 && !WaitForInputEmpty())
        {
            _ledStep = LedStep.Idle;
            return;
        }

        _ledStep = step;
        _ledLimit = _clock.Now + LedTimeout;
        Intrinsics.Out8(DataPort, value);
    }
}
