namespace Isocenter.Dicom;

/// <summary>What a match answers: the attributes that were asked for, and no other (PS3.4 §C.4.1.1.3.2, §K.4.1.1.3.2).</summary>
public static class ReturnKeys
{
    /// <summary>The attributes of <paramref name="keys"/> with the values of <paramref name="candidate"/>; empty where it
    /// has none. Within a sequence the keys of its item say what is returned; an item without keys asks for all of it.</summary>
    /// <param name="keys">The Identifier of the request.</param>
    /// <param name="candidate">A data set that matches.</param>
    public static DataSet Of(DataSet keys, DataSet candidate)
    {
        ArgumentNullException.ThrowIfNull(keys);
        ArgumentNullException.ThrowIfNull(candidate);
        var answer = new DataSet();
        // The texts are taken over with the character set they are in.
        if (candidate.TryFind(Tags.SpecificCharacterSet, out var characterSet)) answer.Add(characterSet);
        Fill(answer, keys, candidate);
        return answer;
    }

    private static void Fill(DataSet answer, DataSet keys, DataSet candidate)
    {
        foreach (var key in keys)
        {
            if (key.Tag == Tags.SpecificCharacterSet) continue;
            bool has = candidate.TryFind(key.Tag, out var value);
            if (!has)
            {
                if (key.IsSequence) answer.Set<DataSet>(key.Tag, VR.SQ);
                else answer.SetBytes(key.Tag, key.VR, []);
            }
            else if (key.IsSequence && value.IsSequence && key.Items is [{ Count: > 0 } wanted, ..])
            {
                answer.Set<DataSet>(key.Tag, VR.SQ);
                foreach (var item in value.Items) Fill(answer.AddItem(key.Tag), wanted, item);
            }
            else
            {
                answer.Add(value);
            }
        }
    }
}
