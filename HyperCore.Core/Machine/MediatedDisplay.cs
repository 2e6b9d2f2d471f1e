using HyperCore.Core.Memory;
using HyperCore.Core.Paging;
using HyperCore.Core.Platform;

namespace HyperCore.Core.Machine;

/// <summary>
/// A VM's screen. The guest sees a framebuffer at a fixed guest address all the time; while its VM is in the foreground nested paging maps it
/// to the real one, else to a shadow in RAM. A switch copies the picture, so no pixel is lost and the guest notices nothing.
/// </summary>
public sealed unsafe class MediatedDisplay
{
    private readonly HostFramebuffer _host;
    private readonly NestedPageTable _table;
    private byte* _shadow;
    private ulong _shadowPhysical;

    /// <summary>Creates the display of one VM.</summary>
    public MediatedDisplay(HostFramebuffer host, NestedPageTable table)
    {
        _host = host;
        _table = table;
    }

    /// <summary>Bytes that the shadow needs.</summary>
    public ulong ShadowSize => _host.MappedSize;

    /// <summary>The guest draws on the real screen.</summary>
    public bool IsShown { get; private set; }

    /// <summary>What the guest is told about its framebuffer.</summary>
    public FramebufferDescription Describe()
    {
        FramebufferDescription description = _host.Description;
        description.GuestPhysical = PlatformLayout.FramebufferBase;
        return description;
    }

    /// <summary>Power-on: a black screen in the shadow.</summary>
    /// <returns>False when memory for page tables has run out.</returns>
    public bool Start(byte* shadow, ulong shadowPhysical)
    {
        _shadow = shadow;
        _shadowPhysical = shadowPhysical;
        IsShown = false;
        HostMemory.Zero(shadow, ShadowSize);
        return MapTo(shadowPhysical);
    }

    /// <summary>Brings the guest's picture to the real screen. The vCPUs' TLBs must be flushed before they run on.</summary>
    public bool Show()
    {
        if (!IsShown)
        {
            HostMemory.Copy(_host.Address, _shadow, _host.Size);
            IsShown = true;
        }

        return MapTo(_host.PhysicalAddress);
    }

    /// <summary>Takes the guest's picture off the real screen. The vCPUs' TLBs must be flushed before they run on.</summary>
    public bool Hide()
    {
        if (IsShown)
        {
            HostMemory.Copy(_shadow, _host.Address, _host.Size);
            IsShown = false;
        }

        return MapTo(_shadowPhysical);
    }

    private bool MapTo(ulong hostPhysical) => _table.Map(PlatformLayout.FramebufferBase, hostPhysical, _host.MappedSize, NestedAccess.ReadWrite);
}
