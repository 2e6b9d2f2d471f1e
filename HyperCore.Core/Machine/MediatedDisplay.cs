using System;
using HyperCore.Core.Devices;
using HyperCore.Core.Memory;
using HyperCore.Core.Paging;
using HyperCore.Core.Platform;

namespace HyperCore.Core.Machine;

/// <summary>
/// A VM's screen: a PCI display whose video memory is RAM of the VM's own. In the foreground, when the real display is or can be brought into the
/// VM's mode, the part of video memory that is shown lies in the real display's memory, and nested paging maps it there. Otherwise the picture
/// is copied to the screen, see <see cref="PictureCopier"/>. A switch moves that part to and fro, so no pixel and no mode is lost, and the guest
/// notices nothing.
/// </summary>
public sealed unsafe class MediatedDisplay
{
    private readonly HostFramebuffer _host;
    private readonly NestedPageTable _table;
    private readonly ulong _videoMemory;
    private byte* _ram;
    private ulong _ramPhysical;
    private ulong _direct;
    private ulong _mapped;
    private uint _seen;
    private bool _remapped;

    /// <summary>Creates the display of one VM.</summary>
    /// <param name="host">The machine's display.</param>
    /// <param name="table">The VM's nested page table.</param>
    public MediatedDisplay(HostFramebuffer host, NestedPageTable table)
    {
        _host = host;
        _table = table;
        _videoMemory = VideoMemoryFor(host.Size);
        Device = new BochsDisplay(_videoMemory, host.Description);
    }

    /// <summary>The PCI display that the guest sees.</summary>
    public BochsDisplay Device { get; }

    /// <summary>Bytes of RAM that it needs.</summary>
    public ulong ShadowSize => _videoMemory;

    /// <summary>It is on the real screen.</summary>
    public bool IsShown { get; private set; }

    /// <summary>The guest draws on the real screen itself.</summary>
    public bool IsDirect => _direct != 0;

    /// <summary>What is shown, as of the last <see cref="Update"/>.</summary>
    public DisplayMode Mode { get; private set; }

    /// <summary>Grows whenever the picture on the screen has to be begun anew: it is shown, or has another size or format.</summary>
    public uint Pictures { get; private set; }

    /// <summary>Grows with each change by the guest that <see cref="Update"/> has to look at.</summary>
    public uint Changes => Device.Changes;

    /// <summary>The guest changed something since the last <see cref="Update"/>.</summary>
    public bool NeedsUpdate => _seen != Device.Changes;

    /// <summary>The first pixel of the picture while <see cref="IsDirect"/> is false; all of <see cref="Mode"/> lies behind it.</summary>
    public byte* Picture => _ram + Mode.Offset;

    /// <summary>What the guest is told about the framebuffer that firmware leaves: the start of video memory, in the real screen's size.</summary>
    public FramebufferDescription Describe() => FramebufferDescription.Bgrx32(
        PlatformLayout.FramebufferBase, _host.Description.Width, _host.Description.Height, _host.Description.Stride);

    /// <summary>Takes the RAM of a VM that is started. Nothing is mapped yet.</summary>
    public void Start(byte* ram, ulong ramPhysical)
    {
        _ram = ram;
        _ramPhysical = ramPhysical;
        _direct = 0;
        _mapped = 0;
        IsShown = false;
        Place();
    }

    /// <summary>Power-on, after the device was reset and its RAM zeroed: a black screen in the mode that firmware leaves.</summary>
    /// <returns>False when memory for page tables has run out.</returns>
    public bool PowerOn()
    {
        HostMemory.Zero(_host.Address, _direct);
        return Update();
    }

    /// <summary>Brings the guest's picture to the real screen.</summary>
    /// <returns>False when memory for page tables has run out: the guest reaches video memory by exits then.</returns>
    public bool Show()
    {
        IsShown = true;
        Pictures++;
        return Update();
    }

    /// <summary>Takes the guest's picture off the real screen, whose mode is left as it is.</summary>
    /// <returns>False when memory for page tables has run out: the guest reaches video memory by exits then.</returns>
    public bool Hide()
    {
        IsShown = false;
        return Update();
    }

    /// <summary>Has the real screen, and what nested paging maps, follow what the guest set. The guest must not run meanwhile.</summary>
    /// <returns>False when memory for page tables has run out: the guest reaches video memory by exits then.</returns>
    public bool Update()
    {
        _seen = Device.Changes;
        DisplayMode mode = Device.Mode;
        Pictures += mode.HasShapeOf(Mode) ? 0u : 1;
        Mode = mode;

        ulong direct = IsShown ? Math.Min(_host.Adopt(mode), _videoMemory) : 0;
        if (direct != 0)
        {
            // Page flipping moves the picture to and fro: what is on the display once stays there.
            direct = Math.Max(direct, _direct);
        }

        bool moved = direct != _direct;
        if (moved)
        {
            Move(direct);
        }

        ulong address = Device.Address;
        return (!moved && address == _mapped) || Map(address);
    }

    /// <summary>Whether the mapping has changed since the last call: translations that vCPUs hold are out of date.</summary>
    public bool TakeRemapped()
    {
        bool remapped = _remapped;
        _remapped = false;
        return remapped;
    }

    // Room for two pictures of the screen's size, which drivers ask for.
    private static ulong VideoMemoryFor(ulong picture)
    {
        ulong size = BochsDisplay.MinVideoMemory;
        while (size < 2 * picture && size < PlatformLayout.FramebufferWindow)
        {
            size *= 2;
        }

        return size;
    }

    private void Move(ulong direct)
    {
        if (direct > _direct)
        {
            HostMemory.Copy(_host.Address + _direct, _ram + _direct, direct - _direct);
        }
        else
        {
            HostMemory.Copy(_ram + direct, _host.Address + direct, _direct - direct);
        }

        _direct = direct;
        Place();
    }

    private void Place() => Device.VideoMemory.Place(_ram, _videoMemory, _host.Address, _direct);

    private bool Map(ulong address)
    {
        _remapped = true;
        if (_mapped != 0 && _mapped != address)
        {
            _table.Unmap(_mapped, _videoMemory);
        }

        _mapped = address;
        if (address == 0
            || (_table.Map(address, _host.PhysicalAddress, _direct, NestedAccess.WriteCombining)
                && _table.Map(address + _direct, _ramPhysical + _direct, _videoMemory - _direct, NestedAccess.ReadWrite)))
        {
            return true;
        }

        // Nothing of the real display stays mapped by accident. This cannot fail: it removes whole large pages, and splits none.
        _table.Unmap(address, _videoMemory);
        _mapped = 0;
        return false;
    }
}
