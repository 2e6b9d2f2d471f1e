namespace HyperCore.Core.Memory;

/// <summary>All chunks of a guest's RAM in ascending order, for <c>foreach</c>.</summary>
/// <param name="memory">The RAM, which must not change meanwhile.</param>
public ref struct RamChunks(GuestMemory memory)
{
    private readonly GuestMemory _memory = memory;
    private int _slot;
    private int _index = -1;

    /// <summary>The chunk at hand.</summary>
    public readonly RamChunk Current => new(_memory[_slot], _index);

    /// <summary>Itself: what <c>foreach</c> asks for.</summary>
    public readonly RamChunks GetEnumerator() => this;

    /// <summary>Goes on to the next.</summary>
    /// <returns>False behind the last.</returns>
    public bool MoveNext()
    {
        _index++;
        while (_slot < _memory.SlotCount && _index >= RamChunk.CountIn(_memory[_slot]))
        {
            _slot++;
            _index = 0;
        }

        return _slot < _memory.SlotCount;
    }
}
