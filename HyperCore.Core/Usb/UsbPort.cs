using System;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Time;

namespace HyperCore.Core.Usb;

/// <summary>
/// A port and the device on it: from the connection over debouncing and reset to a device that works, is not wanted, or was given up
/// (USB 2.0, 7.1.7.3 and 9.1.2).
/// </summary>
internal abstract class UsbPort
{
    private const ulong Millisecond = 1_000_000;
    private const ulong DebounceTime = 100 * Millisecond;
    private const ulong ResetLimit = 800 * Millisecond;
    private const ulong ResetPollTime = 10 * Millisecond;
    private const ulong ResetRecoveryTime = 20 * Millisecond;
    private const ulong RetryTime = 200 * Millisecond;
    private const ulong GiveUpTime = 5000 * Millisecond;
    private const int MaxAttempts = 3;

    // What works for so long gets all attempts again.
    private const ulong TrustTime = 10_000 * Millisecond;

    private State _state;
    private ulong _until;
    private int _attempts;
    private UsbDevice? _closing;
    private bool _isBlamed;
    private bool _isAnnounced;
    private uint _productId;

    protected UsbPort(XhciController controller, int number)
    {
        Controller = controller;
        Number = number;
    }

    private enum State : byte
    {
        Empty,
        Debouncing,
        Waiting,
        Resetting,
        Recovering,
        Active,
        GivenUp,
    }

    public XhciController Controller { get; }

    /// <summary>From 1 on.</summary>
    public int Number { get; }

    /// <summary>The hub that has the port; null for one of the controller's own.</summary>
    public abstract UsbDevice? Parent { get; }

    /// <summary>What is on it and is being brought up or works.</summary>
    public UsbDevice? Device { get; private set; }

    /// <summary>When it wants to be looked at; <see cref="VirtualTimer.Never"/> when only an event matters.</summary>
    public ulong Deadline => _state switch
    {
        State.Debouncing or State.Recovering or State.Waiting => _until,
        State.Resetting => Math.Min(_until, PollDue),
        _ => VirtualTimer.Never,
    };

    protected ulong PollDue { get; private set; }

    /// <summary>A fresh look is asked for, because a reset is under way.</summary>
    protected bool WantsPoll(ulong now) => _state == State.Resetting && now >= PollDue;

    /// <summary>What it said last.</summary>
    protected abstract PortStatus Look(ulong now);

    protected abstract void StartReset(bool warm);

    /// <summary>Switches it off until the next connection, so that the device on it does not disturb others.</summary>
    protected abstract void Disable();

    /// <summary>Writes the port's name: <c>3</c>, or <c>3.1</c> behind a hub.</summary>
    public void AppendName(ref TextBuilder text)
    {
        UsbPort? parent = Parent?.Port;
        if (parent != null)
        {
            parent.AppendName(ref text);
            text.Append('.');
        }
        else
        {
            Controller.AppendPrefix(ref text);
        }

        text.AppendDecimal((ulong)Number);
    }

    /// <summary>Writes a line of the log about what is plugged in.</summary>
    /// <param name="level">How much it matters.</param>
    /// <param name="what">What happened.</param>
    /// <param name="productId">See <see cref="UsbDevice.ProductId"/>; 0 for none.</param>
    public void LogEvent(LogLevel level, ReadOnlySpan<char> what, uint productId)
    {
        Span<char> buffer = stackalloc char[160];
        var text = new TextBuilder(buffer);
        text.Append("usb: port ");
        AppendName(ref text);
        text.Append(": ");
        text.Append(what);
        if (productId != 0)
        {
            text.Append(" (");
            text.AppendHex(productId >> 16, 4);
            text.Append(':');
            text.AppendHex(productId & 0xFFFF, 4);
            text.Append(')');
        }

        Controller.Log.Write(level, text.Text);
    }

    /// <summary>Its hub or its controller is gone or starts anew.</summary>
    public void Reset()
    {
        LogUnplugged();
        Detach();
        _state = State.Empty;
        _attempts = 0;
        _closing = null;
    }

    /// <summary>The controller starts anew. What was blamed for that stays left alone.</summary>
    public void Drop()
    {
        if (!_isBlamed)
        {
            Reset();
        }
    }

    /// <summary>The device made the controller unusable: it is left alone until it is unplugged.</summary>
    public void Blame(ulong now)
    {
        if (Parent?.Port is { } parent)
        {
            // What is behind a hub is forgotten with it, so the hub is left alone.
            parent.Blame(now);
            return;
        }

        LogUnplugged();
        Detach();
        _state = State.GivenUp;
        _until = now + GiveUpTime;
        _isBlamed = true;
        Log(LogLevel.Warning, "makes the controller fail", "; left alone");
    }

    public void Advance(ulong now)
    {
        PortStatus status = Look(now);
        if (_isBlamed && now < _until)
        {
            // The controller starts anew, and its ports say that everything was unplugged.
            return;
        }

        if (!status.IsConnected)
        {
            if (_state != State.Empty)
            {
                Unplugged();
            }

            return;
        }

        if (status.HasConnectionChanged)
        {
            Replugged(now);
        }

        switch (_state)
        {
            case State.Empty:
                _state = State.Debouncing;
                _until = now + DebounceTime;
                break;
            case State.Debouncing:
                if (now >= _until)
                {
                    _state = State.Waiting;
                    _until = now;
                    goto case State.Waiting;
                }

                break;
            case State.Waiting:
                Wait(status, now);
                break;
            case State.Resetting:
                FollowReset(status, now);
                break;
            case State.Recovering:
                if (now >= _until)
                {
                    Attach(status, now);
                }

                break;
            case State.Active:
                FollowDevice(status, now);
                break;
            default:
                // Given up: another connection begins anew, see Replugged.
                break;
        }
    }

    private void Unplugged()
    {
        LogUnplugged();
        Detach();
        _state = State.Empty;
        _attempts = 0;
        _isBlamed = false;
    }

    private void LogUnplugged()
    {
        // A device that is pulled out may fail before its port says that it is gone.
        if (_isAnnounced)
        {
            _isAnnounced = false;
            LogEvent(LogLevel.Info, "unplugged".AsSpan(), _productId);
        }
    }

    private void Replugged(ulong now)
    {
        switch (_state)
        {
            case State.Empty:
                break;
            case State.GivenUp:
                // A contact that comes and goes must not fill the log.
                if (now >= _until)
                {
                    _isBlamed = false;
                    _attempts = 0;
                    _state = State.Empty;
                }

                break;
            case State.Active when Device is { IsUseful: true }:
                Unplugged();
                break;
            case State.Debouncing:
                _until = now + DebounceTime;
                break;
            default:
                Detach();
                Retry(now, "the connection comes and goes");
                break;
        }
    }

    private void Wait(in PortStatus status, ulong now)
    {
        _until = VirtualTimer.Never;
        if (_closing != null && _closing.Port == this)
        {
            return;
        }

        _closing = null;
        if (now < PollDue)
        {
            _until = PollDue;
            return;
        }

        if (status.IsOverCurrent)
        {
            GiveUp(now, "takes too much current");
            return;
        }

        // One device at a time answers to address 0 (USB 2.0, 9.1.1.4).
        if (Controller.TryTakeAddressZero(this))
        {
            StartReset(status.NeedsWarmReset);
            _state = State.Resetting;
            _until = now + ResetLimit;
            PollDue = now + ResetPollTime;
        }
    }

    private void FollowReset(in PortStatus status, ulong now)
    {
        if (!status.IsResetting && status.IsEnabled)
        {
            _state = State.Recovering;
            _until = now + ResetRecoveryTime;
        }
        else if (now >= _until)
        {
            Retry(now, "does not come out of reset");
        }
        else if (now >= PollDue)
        {
            PollDue = now + ResetPollTime;
        }
    }

    private void Attach(in PortStatus status, ulong now)
    {
        if (!status.IsEnabled)
        {
            Retry(now, "is switched off after reset");
            return;
        }

        Device = Controller.TakeDevice();
        if (Device == null)
        {
            GiveUp(now, "is one device too many");
            return;
        }

        Device.Open(this, status.Speed, status.SpeedId);
        _state = State.Active;
        _until = now + TrustTime;
    }

    private void FollowDevice(in PortStatus status, ulong now)
    {
        UsbDevice device = Device!;
        if (device.IsAddressed)
        {
            Controller.ReleaseAddressZero(this);
        }

        if (device.IsUseful)
        {
            _isAnnounced = true;
            _productId = device.ProductId;
            _attempts = now >= _until ? 0 : _attempts;
        }

        if (device.HasFailed)
        {
            Retry(now, device.Failure);
        }
        else if (!status.IsEnabled)
        {
            Retry(now, "was switched off");
        }
    }

    private void Retry(ulong now, string reason)
    {
        Detach();
        _attempts++;
        if (_attempts >= MaxAttempts)
        {
            GiveUp(now, reason);
            return;
        }

        _state = State.Waiting;
        _until = now + RetryTime;
        PollDue = _until;
        Log(LogLevel.Debug, reason);
    }

    private void GiveUp(ulong now, string reason)
    {
        Detach();
        Disable();
        _state = State.GivenUp;
        _until = now + GiveUpTime;
        _isAnnounced = false;
        Log(LogLevel.Warning, reason, "; left alone");
    }

    private void Detach()
    {
        Controller.ReleaseAddressZero(this);
        if (Device != null)
        {
            _closing = Device;
            Device.Close();
            Device = null;
        }
    }

    private void Log(LogLevel level, string reason, string end = "")
    {
        Span<char> buffer = stackalloc char[100];
        var text = new TextBuilder(buffer);
        text.Append(reason);
        text.Append(end);
        LogEvent(level, text.Text, 0);
    }
}
