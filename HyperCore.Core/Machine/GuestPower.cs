using HyperCore.Core.Devices;

namespace HyperCore.Core.Machine;

/// <summary>Turns the power requests of a VM's devices into the reason why it ended.</summary>
public sealed class GuestPower : PowerControl
{
    private readonly StopReason _reason;

    /// <summary>Creates the link between a VM's devices and its stop reason.</summary>
    public GuestPower(StopReason reason) => _reason = reason;

    /// <summary>A device asked for the end of the VM since the last <see cref="Clear"/>.</summary>
    public bool Requested { get; private set; }

    /// <summary>Forgets a request.</summary>
    public void Clear() => Requested = false;

    /// <inheritdoc/>
    public override void PowerOff()
    {
        Requested = true;
        if (_reason.Kind == StopKind.None)
        {
            _reason.Set(StopKind.PoweredOff, "powered off");
        }
    }

    /// <inheritdoc/>
    public override void Reset(string how)
    {
        Requested = true;
        if (_reason.Kind != StopKind.None)
        {
            return;
        }

        Diagnostics.TextBuilder text = _reason.Begin(StopKind.Reset);
        text.Append("reset by ");
        text.Append(how);
        _reason.Finish(text);
    }
}
