using HyperCore.Core.Platform;
using HyperCore.Core.Time;

namespace HyperCore.Core.Devices;

/// <summary>
/// HyperCore's own device: a port by which the VM in the foreground asks for the menu, as the person at the keyboard does with the hotkey. It
/// gives a guest nothing but that: it may send itself to the background. What a VM in the background writes is forgotten.
/// See docs/request-port.md.
/// </summary>
public sealed class RequestPort : BytePortDevice
{
    /// <summary>Its only port.</summary>
    public const ushort Port = PlatformLayout.RequestPort;

    /// <summary>What is read there: the letter H.</summary>
    public const byte Signature = 0x48;

    /// <summary>The request to show the menu: the letter M.</summary>
    public const byte ShowMenu = 0x4D;

    private bool _isRequested;

    /// <inheritdoc/>
    public override string Name => "request port";

    /// <summary>Raised at a request, so that the console processor looks.</summary>
    public AttentionFlag Attention { get; set; } = new();

    /// <summary>The guest has asked for the menu since the last <see cref="TakeRequest"/>. May be read without the VM's lock.</summary>
    public bool IsRequested => _isRequested;

    /// <summary>Takes the request for the menu.</summary>
    /// <returns>True when there was one.</returns>
    public bool TakeRequest()
    {
        bool requested = _isRequested;
        _isRequested = false;
        return requested;
    }

    /// <inheritdoc/>
    public override void Reset() => _isRequested = false;

    /// <inheritdoc/>
    protected override byte ReadByte(ushort port) => Signature;

    /// <inheritdoc/>
    protected override void WriteByte(ushort port, byte value)
    {
        if (value == ShowMenu)
        {
            _isRequested = true;
            Attention.IsRaised = true;
        }
    }
}
